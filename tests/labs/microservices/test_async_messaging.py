"""A queue in front of consumers that are away for half an hour."""

import pytest

from labs.registry import get_lab
from simulation.streams import natural_exp
from tests.labs.solutions import run_of

LAB = get_lab("async-messaging")
CALM = {"keeps": "session", "again_s": 45, "poison": 0.0}


def test_both_halves_see_the_same_uploads_and_the_same_poison() -> None:
    totals = run_of("async-messaging", poison=3.0).totals
    for name in ("jobs", "away_jobs", "poison_jobs"):
        assert totals[name] == totals[f"{name}_without"] > 0.0


def test_the_backlog_is_what_arrived_meanwhile() -> None:
    run = run_of("async-messaging", **CALM, consumers=20)
    arrived = run.totals["away_jobs"]
    assert arrived <= run.totals["backlog"] <= arrived + 20 + 5
    waiting = {series.id: series for series in run.series}["waiting"].with_pattern
    for minute in (40, 50, 59):
        expected = 30 * (minute - 30)
        assert waiting[minute - 1] == pytest.approx(expected, abs=4 * expected**0.5 + 20)


@pytest.mark.parametrize("consumers", [20, 24, 30])
def test_the_backlog_takes_itself_over_the_spare_capacity_to_drain(consumers: int) -> None:
    for seed in (1, 2, 3, 4):
        run = LAB.run(LAB.parameters(**CALM, consumers=consumers), seed=seed)
        formula = run.totals["backlog"] / (consumers * 3 - 30)
        assert run.totals["drain_min"] == pytest.approx(formula)
        assert run.totals["drained_min"] == pytest.approx(formula, rel=0.2)


def test_twice_the_consumers_drain_it_seven_times_as_fast() -> None:
    assert run_of("async-messaging").totals["drain_min"] > 140.0
    run = run_of("async-messaging", consumers=24)
    assert run.totals["drain_min"] < 25.0
    assert run.totals["drained_min"] < 40.0
    assert LAB.prediction.answer(run) == "quarter"


def test_a_dead_consumer_is_noticed_after_the_session_timeout_of_45_seconds() -> None:
    run = run_of("async-messaging", **CALM, consumers=24)
    assert 45.0 <= run.totals["back_s"] < 50.0


def test_without_a_queue_all_that_arrives_meanwhile_is_lost() -> None:
    totals = run_of("async-messaging", **CALM, consumers=20).totals
    assert totals["lost"] == 0.0
    assert totals["away_jobs"] <= totals["lost_without"] <= totals["away_jobs"] + 60


@pytest.mark.parametrize("timeout_s", [20, 30, 40])
def test_work_that_outlasts_the_visibility_timeout_is_done_twice(timeout_s: int) -> None:
    """Half of 20 s is certain, the rest exponential: P(work > T) = exp(−(T − 10)/10)."""
    totals = run_of(
        "async-messaging", per_minute=12, consumers=30, again_s=timeout_s, poison=0.0
    ).totals
    share = totals["twice"] / (totals["jobs"] - totals["away_jobs"])
    # the backlog that follows the outage has fewer, for there redeliveries wait behind the rest
    assert share == pytest.approx(natural_exp(-(timeout_s - 10) / 10), rel=0.3)


def test_a_longer_visibility_timeout_never_means_more_double_work() -> None:
    twice = [
        run_of("async-messaging", consumers=24, again_s=again_s).totals["twice"]
        for again_s in (10, 30, 60, 120, 600)
    ]
    assert twice == sorted(twice, reverse=True)


def test_heartbeats_prevent_double_work() -> None:
    assert run_of("async-messaging", keeps="session", again_s=5, mean_s=60).totals["twice"] == 0.0


def test_more_consumers_never_drain_the_backlog_later() -> None:
    drained = [
        run_of("async-messaging", **CALM, consumers=consumers).totals["drained_min"]
        for consumers in (5, 12, 18, 24, 30)
    ]
    assert drained == sorted(drained, reverse=True)


def test_poison_without_dead_letters_eats_up_the_consumers() -> None:
    endless = run_of("async-messaging", poison=3.0, consumers=24).totals
    bounded = run_of("async-messaging", poison=3.0, consumers=24, most="3").totals
    assert endless["repeats"] > 2.0 * bounded["repeats"]
    assert endless["dead"] == 0.0
    assert bounded["dead"] > 0.9 * bounded["poison_jobs"]


def test_one_delivery_only_buries_what_a_crash_interrupted() -> None:
    run = run_of("async-messaging", most="1", again_s=600)
    assert run.totals["dead_good"] >= 10.0
    assert any("nothing is wrong with it" in event.text for event in run.events)


def test_more_arriving_than_consumers_can_do_is_called_by_its_name() -> None:
    run = run_of("async-messaging", consumers=9)
    assert "nothing is left over" in LAB.explain(run)[1]
    assert run.totals["is_drained"] == 0.0


def test_the_sentences_count_single_jobs_and_minutes_correctly() -> None:
    lab = get_lab("async-messaging")
    settings = {"per_minute": 10, "mean_s": 10, "consumers": 8, "again_s": 5, "most": "2"}
    told = lab.explain(lab.run(lab.parameters(**settings, poison=0.0), seed=2))
    assert "Still to be done when the run ended: 1;" in told[0]
    assert lab.explain(run_of("async-messaging"))[1].endswith("The run had 60 min left.")
