"""A breaker in front of a payment provider."""

from itertools import pairwise

from labs.registry import get_lab
from tests.labs.solutions import run_of


def test_without_a_breaker_waiting_spreads_to_pages_that_never_call_payments() -> None:
    run = run_of("circuit-breaker")
    assert run.totals["catalogue_down_without"] < 50.0
    assert run.totals["catalogue_down"] > run.totals["catalogue_down_without"] + 20.0
    assert run.totals["busy_most_without"] == 20.0


def test_a_breaker_that_cannot_gather_its_minimum_never_opens() -> None:
    run = run_of("circuit-breaker", minimum_calls=100, window_s=0.5)
    assert run.totals["openings_down"] == 0.0
    assert "did not open" in get_lab("circuit-breaker").explain(run)[0]
    assert run.tile("served_down").verdict == "same"


def test_no_preset_sets_the_probes_of_polly_which_its_documentation_leaves_open() -> None:
    lab = get_lab("circuit-breaker")
    assert lab.presets["polly"].parameters.probes == lab.defaults.probes


def test_hystrix_lets_one_probe_through_every_five_seconds() -> None:
    lab = get_lab("circuit-breaker")
    run = lab.run(lab.presets["hystrix"].parameters)
    half_open = [one.at for one in run.events if "half-open" in one.text and one.at < 35.0]
    assert len(half_open) >= 2
    gaps = [later - earlier for earlier, later in pairwise(half_open)]
    assert all(5.0 <= gap <= 5.0 + 1.0 + 1.0 for gap in gaps)  # open time, timeout, next checkout


def test_resilience4j_cannot_judge_before_a_hundred_calls() -> None:
    lab = get_lab("circuit-breaker")
    run = lab.run(lab.presets["resilience4j"].parameters)
    opened = next(one for one in run.events if one.text.startswith("opens"))
    assert opened.values["calls"] >= 100


def test_a_shop_that_turns_customers_away_does_not_look_fast() -> None:
    run = run_of("circuit-breaker", rate=200, timeout_s=30.0, minimum_calls=100, window_s=0.5)
    assert run.totals["served_down_without"] < 20.0
    assert run.totals["p99_ms_without"] > 60.0


def test_a_breaker_that_was_open_before_the_outage_is_said_to_be_so() -> None:
    run = run_of("circuit-breaker", timeout_s=0.1, threshold=5, minimum_calls=1, open_s=60.0)
    sentences = get_lab("circuit-breaker").explain(run)
    assert "open before the outage began" in sentences[0]
    assert "not charged at once again" in sentences[2]
