"""Rules in the bus that everybody shares, or in the services they belong to."""

import pytest

from labs.catalog.microservices._pipelines import (
    BAD,
    ROUTE_TEST,
    Bus,
    Change,
    Pipeline,
    Rules,
    Year,
    changes_of_a_year,
)
from labs.registry import get_lab
from simulation import EventLog, Streams
from tests.labs.solutions import run_of

LAB = get_lab("smart-endpoints")


def asked(day: float, effort: float, *, is_bad: bool = False) -> Change:
    """A change to a rule in the bus."""
    change = Change(day, 0, False, effort, is_bad, 0.0)
    change.effort = effort
    return change


def test_a_rule_in_the_bus_touches_all_its_routes_and_one_in_a_service_touches_one() -> None:
    for routes in (1, 8, 20):
        totals = run_of("smart-endpoints", routes=routes, left=0, copies=1).totals
        assert totals["routes_touched"] == totals["changes"]
        assert totals["routes_touched_without"] == routes * totals["changes"]


def test_the_table_counts_the_routes_of_each_kind_of_change() -> None:
    table = run_of("smart-endpoints").tables[0]
    assert [(row[0].text, row[2].text) for row in table.rows] == [
        ("Rule in its service", "1"),
        ("Rule in the bus", "8"),
        ("Mapping in each service", "4"),
    ]


def test_both_halves_have_the_same_requests() -> None:
    run = run_of("smart-endpoints", left=0)
    asked_for = {series.id: series for series in run.series}["asked"]
    assert asked_for.with_pattern == asked_for.without_pattern
    assert run.totals["changes"] == run.totals["changes_without"]


def test_moving_a_rule_leaves_the_requests_as_they_are() -> None:
    one, other = (
        Year(seed=3, per_week=3.0, rules=Rules(12, 8, left, False, 4, 10)).changes
        for left in (0.2, 0.8)
    )
    assert [(a.asked, a.team, a.work) for a in one] == [(b.asked, b.team, b.work) for b in other]
    assert all(b.in_bus for a, b in zip(one, other, strict=True) if a.in_bus)


def test_a_pipeline_makes_changes_wait_as_the_pollaczek_khinchine_formula_says() -> None:
    """Wait = rate · E[S²] / 2(1 − load); S is 0.6 days and an exponential half day."""
    streams = Streams(7)
    rate, least, more = 0.6, 0.6, 0.5
    gap, extra = streams.exponential("gaps", 1 / rate), streams.exponential("work", more)
    pipeline, now, waited, count = Pipeline(), 0.0, 0.0, 60_000
    for _ in range(count):
        now += gap()
        effort = least + extra()
        waited += pipeline.build(now, effort) - effort - now
    mean = least + more
    second = mean * mean + more * more
    formula = rate * second / (2 * (1 - rate * mean))
    assert waited / count == pytest.approx(formula, rel=0.05)


def test_a_train_takes_what_is_ready_and_one_bad_change_holds_back_the_others() -> None:
    bus = Bus(train_days=10, log=EventLog())
    changes = [asked(1.0, 2.0), asked(2.0, 3.0, is_bad=True), asked(2.5, 8.0), asked(30.0, 1.0)]
    bus.ship(changes)
    # two are ready at day 6 and held back at 10; the third is ready at 15, after a day of testing
    assert [change.live for change in changes] == [21.0, 21.0, 21.0, 41.0]
    assert (bus.trains, bus.held) == (3, 1)
    assert [(event.time_s, event.kind) for event in bus.log.events] == [(10.0, "held")]


def test_a_train_every_day_leaves_the_pipeline_every_other_day_for_building() -> None:
    bus = Bus(train_days=1, log=EventLog())
    changes = [asked(0.0, 1.0) for _ in range(10)]
    bus.ship(changes)
    assert [change.live for change in changes] == [float(2 * n) for n in range(1, 11)]


def test_one_change_in_twenty_is_bad_and_one_in_four_a_mapping() -> None:
    changes = [one for seed in range(40) for one in changes_of_a_year(seed, 5.0, 12)]
    assert sum(one.is_bad for one in changes) / len(changes) == pytest.approx(BAD, rel=0.1)
    assert sum(one.is_mapping for one in changes) / len(changes) == pytest.approx(0.25, rel=0.05)
    work = sum(one.work + ROUTE_TEST for one in changes) / len(changes)
    assert work == pytest.approx(1.1, rel=0.02)


def test_the_bus_is_asked_for_more_than_it_can_do_and_every_team_waits() -> None:
    run = run_of("smart-endpoints")
    assert run.totals["bus_work_without"] > run.totals["bus_days_without"]
    lead = run.series[0]
    assert min(days or 0.0 for days in lead.without_pattern) > 20.0
    assert max(days or 0.0 for days in lead.with_pattern) < 20.0


def test_the_prediction_names_the_lead_time_of_the_defaults_and_more_trains_make_it_worse() -> None:
    assert round(run_of("smart-endpoints").totals["lead_days_without"]) == 51
    assert "51 working days" in str(LAB.prediction.question)
    assert LAB.prediction.answer(LAB.run(LAB.prediction.parameters)) == "later"


def test_the_more_rules_stay_in_the_bus_the_longer_a_change_takes() -> None:
    leads = [run_of("smart-endpoints", left=left).totals["lead_days"] for left in (0, 40, 70, 100)]
    assert leads == sorted(leads)


def test_copies_cost_work_but_hardly_time() -> None:
    one = run_of("smart-endpoints", left=0, copies=1).totals
    eight = run_of("smart-endpoints", left=0, copies=8).totals
    assert eight["work_hours"] > 2.0 * one["work_hours"]
    assert eight["lead_days"] < one["lead_days"] + 1.0


def test_a_bus_with_every_rule_in_it_is_the_half_without_the_pattern() -> None:
    run = LAB.run(LAB.presets["esb"].parameters)
    assert run.series[0].with_pattern == run.series[0].without_pattern
