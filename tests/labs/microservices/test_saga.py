"""A checkout in four steps and the undoing of those before the one that failed."""

from labs.catalog.microservices._checkout import (
    CARD,
    FOR_GOOD,
    PARCEL,
    POINTS,
    STEPS,
    STOCK,
    Plan,
    checkouts,
    expected_share,
)
from labs.registry import get_lab
from tests.labs.solutions import run_of

CALM = {"refusals": 1.0, "faults": 0, "outage_s": 0, "tries": 1, "log": "disk"}
PARCEL_LAST = "stock-card-points-parcel"


def plan(**changes: object) -> Plan:
    """A checkout whose steps fail at a tenth of orders each, without other disturbances."""
    settings: dict[str, object] = {
        "refusals": 0.1,
        "faults": 0.0,
        "back_s": 20.0,
        "order": (STOCK, CARD, POINTS, PARCEL),
        "tries": 1,
        "undo_tries": 1,
        "undoes": True,
        "logged": True,
    }
    return Plan(**(settings | changes))  # type: ignore[arg-type]


def test_four_steps_at_99_percent_complete_96_percent_of_orders() -> None:
    lab = get_lab("saga")
    parameters = lab.parameters(**CALM)
    runs = [lab.run(parameters, seed=seed) for seed in range(20)]
    assert abs(runs[0].totals["expected"] - 96.059601) < 1e-6
    # 20,000 orders: one standard deviation is 0.14 points
    assert abs(sum(run.totals["completed"] for run in runs) / 20 - 96.06) < 0.42


def test_a_failure_at_step_k_runs_the_compensations_of_k_minus_1_to_1_in_reverse() -> None:
    orders = [one for one in checkouts(7, plan()) if not one.completed]
    for one in orders:
        before = STEPS[: STEPS.index(one.failed_at)]
        assert one.undone == list(reversed(before))
        assert one.in_force == []
    assert {one.failed_at for one in orders} == set(STEPS)


def test_without_the_pattern_half_done_orders_stay() -> None:
    for one in checkouts(7, plan(undoes=False, logged=False)):
        if one.failed_at and not one.forgotten:
            assert one.in_force == list(STEPS[: STEPS.index(one.failed_at)])
            assert not one.undone
    run = run_of("saga")
    assert run.totals["half_done"] < run.totals["half_done_without"] / 4


def test_tries_bring_back_what_faults_cost_but_not_what_was_refused() -> None:
    assert expected_share(plan(refusals=0.0, faults=0.1, tries=3)) > 0.995
    assert abs(expected_share(plan(refusals=0.1, faults=0.1, tries=9)) - 0.9**4) < 1e-6


def test_a_step_that_cannot_be_undone_belongs_behind_all_that_can_fail() -> None:
    early = run_of("saga", order="stock-parcel-card-points", undo_tries=12, log="disk")
    late = run_of("saga", order=PARCEL_LAST, undo_tries=12, log="disk")
    assert early.totals["parcels_lost"] > 100.0
    assert late.totals["parcels_lost"] == late.totals["half_done"] == 0.0
    orders = checkouts(7, plan(order=(PARCEL, STOCK, CARD, POINTS)))
    assert all(one.in_force == [FOR_GOOD] for one in orders if one.failed_at in (STOCK, CARD))


def test_more_tries_per_compensation_never_leave_more_orders_half_done() -> None:
    left = [
        run_of("saga", outage_s=20, faults=20, order=PARCEL_LAST, undo_tries=tries, log="disk")
        for tries in (1, 2, 4, 8, 12)
    ]
    counts = [run.totals["half_done"] for run in left]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 50.0
    assert counts[-1] == 0.0


def test_charging_late_spares_customers_a_refund() -> None:
    first, last = (
        run_of("saga", order=order, undo_tries=12, log="disk").totals["refunds"]
        for order in ("card-stock-points-parcel", "stock-points-card-parcel")
    )
    assert last < first / 2


def test_a_log_in_memory_forgets_the_orders_under_way() -> None:
    kept, lost = (run_of("saga", log=log, order=PARCEL_LAST).totals for log in ("disk", "memory"))
    assert kept["forgotten"] == 0.0
    assert lost["forgotten"] == lost["forgotten_without"] > 0.0


def test_both_halves_see_the_same_failures() -> None:
    mended = checkouts(3, plan())
    left = checkouts(3, plan(undoes=False))
    assert [one.failed_at for one in mended] == [one.failed_at for one in left]


def test_neither_the_order_of_the_steps_nor_undoing_changes_who_is_refused() -> None:
    turned = checkouts(3, plan(order=(CARD, STOCK, POINTS, PARCEL)))
    for one, other in zip(checkouts(3, plan()), turned, strict=True):
        assert one.completed == other.completed


def test_the_sentences_say_nothing_of_what_did_not_happen() -> None:
    lab = get_lab("saga")
    well = run_of("saga", refusals=0.0, faults=0, outage_s=0, log="disk")
    assert lab.explain(well)[1] == "No order failed, so there was nothing to undo."
    assert "outage" not in lab.explain(well)[0]
    assert "killed" not in lab.explain(well)[0]


def test_a_single_failed_order_and_a_full_thousand_are_counted_in_words_that_fit() -> None:
    lab = get_lab("saga")
    patient = lab.parameters(refusals=0.0, faults=30, outage_s=4, tries=9, log="disk")
    one = lab.explain(lab.run(patient, seed=2))
    assert one[1].startswith("Orders that failed: 1. Had changed nothing: 0; undone")
    all_done = lab.explain(run_of("saga", refusals=0.0, faults=0, outage_s=0, log="disk"))
    assert all_done[0].startswith("1,000 of 1,000 orders completed")
