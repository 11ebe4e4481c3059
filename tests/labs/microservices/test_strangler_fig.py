"""Out of an old system: what is left, what is late, and what customers meet."""

from dataclasses import replace

import pytest

from labs.catalog.microservices._migration import (
    BY_KEY,
    FEATURES,
    LAG_MINUTES,
    WEEKS,
    WORK,
    WRITES,
    Migration,
    Order,
    Plan,
    Sync,
    ordered,
)
from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "strangler-fig"
PLAN = Plan("search", Order.NEEDS, 2, 1.0, 1.0, Sync.MINUTE, 60, facade=True)


@pytest.mark.parametrize("sync", list(Sync))
def test_what_is_at_risk_is_the_unmigrated_writes_times_the_lag(sync: Sync) -> None:
    migration = Migration(replace(PLAN, sync=sync, parity=4.0, window=0.0))
    for week, uncopied in zip(WEEKS, migration.uncopied, strict=True):
        live = [one for part in migration.slices if part.is_live(week) for one in part.features]
        left = WRITES - sum(feature.writes for feature in live)
        is_between = migration.slices[0].live <= week < migration.off_week
        assert uncopied == (left * LAG_MINUTES[sync] if is_between else 0.0)


def test_the_default_stalls_near_80_percent_with_the_writes_still_in_the_old_system() -> None:
    run = run_of(SLUG)
    assert run.totals["traffic_new"] == 82.0
    assert run.totals["uncopied_end"] == 140.0
    assert run.totals["is_off"] == run.totals["traffic_new_without"] == 0.0
    assert "Payments, Orders, Reports" in get_lab(SLUG).explain(run)[1]


def test_all_at_once_is_late_and_fails_for_most_when_it_comes() -> None:
    late = run_of(SLUG, granted=60).totals
    assert late["first_week_without"] > WORK + 20
    assert late["failing_most_without"] > 50.0
    assert late["failing_most"] <= 5.0


def test_a_facade_alone_does_not_make_one_large_slice_any_quicker() -> None:
    totals = run_of(SLUG, slice_size=8).totals
    assert totals["built_week"] == pytest.approx(totals["built_week_without"] + 2.0)
    assert totals["features_new"] == 0.0


def test_moving_what_others_need_first_needs_the_fewest_adapters() -> None:
    adapters = {
        order: Migration(replace(PLAN, first="catalogue", slice_size=1, order=order)).totals()[
            "adapters"
        ]
        for order in Order
    }
    assert adapters[Order.NEEDS] == 0.0
    assert min(count for order, count in adapters.items() if order is not Order.NEEDS) > 0.0


def test_a_longer_comparison_never_lets_customers_meet_more_defects() -> None:
    met = [
        Migration(replace(PLAN, parity=parity)).totals()["defects_met"]
        for parity in (0.0, 0.5, 1.0, 2.0, 4.0)
    ]
    assert met == sorted(met, reverse=True)
    assert met[0] == sum(len(feature.defects) for feature in FEATURES)
    assert met[-1] == 0.0


def test_a_way_back_shortens_the_harm_and_costs_time() -> None:
    without, with_window = (Migration(replace(PLAN, window=window)) for window in (0.0, 2.0))
    assert with_window.totals()["failing"] < without.totals()["failing"]
    assert with_window.off_week > without.off_week


def test_every_order_moves_every_feature_once_and_begins_as_told() -> None:
    for order in Order:
        for first in BY_KEY:
            features = ordered(first, order)
            assert features[0].key == first
            assert sorted(one.key for one in features) == sorted(BY_KEY)


def test_traffic_adds_up_and_nobody_needs_what_needs_them() -> None:
    assert sum(feature.traffic for feature in FEATURES) == 100
    keys = [feature.key for feature in FEATURES]
    assert all(
        keys.index(need) < keys.index(feature.key) for feature in FEATURES for need in feature.needs
    )


def test_a_single_write_that_is_not_copied_yet_is_counted_in_words_that_fit() -> None:
    run = run_of(
        SLUG, first="cart", slice_size=7, parity=4.0, window=0.0, sync="stream", granted=60
    )
    assert get_lab(SLUG).explain(run)[2].startswith("At most 1 write was not yet known")
