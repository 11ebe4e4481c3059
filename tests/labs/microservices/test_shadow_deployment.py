"""Copies of live requests: what they load, what they tell, and whom they harm."""

from math import sqrt

import pytest

from labs.catalog.microservices._mirror import Estimate
from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "shadow-deployment"


@pytest.mark.parametrize("share", [5, 30, 50, 100])
def test_mirroring_multiplies_the_load_on_the_shared_database_by_one_plus_the_share(
    share: int,
) -> None:
    totals = run_of(SLUG, share=share, shadow_s=40).totals
    assert totals["load"] == pytest.approx(1 + share / 100, abs=0.03)
    assert totals["load_without"] == 1.0


def test_a_full_mirror_doubles_reads_and_a_stub_spares_the_writes() -> None:
    reads_only = run_of(SLUG, share=100, writes="skipped", shadow_s=40).totals
    stubbed = run_of(SLUG, share=100, writes="stubbed", shadow_s=40).totals
    assert reads_only["load"] == pytest.approx(1.8, abs=0.03)
    assert stubbed["load"] == reads_only["load"]
    assert stubbed["charged_twice"] == reads_only["charged_twice"] == 0.0


def test_the_margin_is_that_of_the_textbook() -> None:
    assert Estimate(400, 40).margin == pytest.approx(100 * 1.96 * sqrt(0.1 * 0.9 / 400))
    assert Estimate(1600, 160).margin == pytest.approx(Estimate(400, 40).margin / 2)
    assert Estimate(300, 0).margin == 1.0
    assert Estimate(0, 0).margin == 100.0


def test_about_95_of_100_intervals_hold_the_true_share() -> None:
    lab = get_lab(SLUG)
    parameters = lab.parameters(rate=40, tolerance=3, shadow_s=15, share=50, writes="stubbed")
    runs = [lab.run(parameters, seed=seed) for seed in range(60)]
    # 1 wrong answer in 49 is off by no more than the tolerance's cents allow to be seen
    truth = parameters.wrong * (1 - 2 / 49)
    held = [abs(run.totals["measured"] - truth) <= run.totals["margin"] for run in runs]
    assert sum(held) >= 0.87 * len(held)


def test_both_halves_see_the_same_arrivals() -> None:
    totals = run_of(SLUG).totals
    assert totals["requests"] == totals["requests_without"]


def test_a_larger_share_never_harms_fewer_customers_by_charging_them_twice() -> None:
    twice = [run_of(SLUG, share=share).totals["charged_twice"] for share in (5, 30, 60, 100)]
    assert twice == sorted(twice)
    assert twice[0] > 0.0


def test_nobody_waits_for_the_shadow_but_everybody_for_the_database() -> None:
    assert run_of(SLUG).totals["late"] <= 5.0
    crowded = run_of(SLUG, share=100)
    assert crowded.totals["late_percent"] > 50.0
    assert "more customers were harmed" in get_lab(SLUG).explain(crowded)[2]


def test_a_release_that_went_out_after_all_is_not_said_to_have_been_prevented() -> None:
    lab = get_lab(SLUG)
    flawless = lab.parameters(wrong=0, share=100, shadow_s=5, tolerance=9)
    run = lab.run(flawless, seed=3)
    assert run.totals["released"]
    assert "prevent" not in lab.explain(run)[2]


def test_comparing_to_the_cent_holds_a_flawless_release_back() -> None:
    assert run_of(SLUG, wrong=0, writes="stubbed").totals["released"] == 0.0
    tolerant = run_of(SLUG, wrong=0, writes="stubbed", tolerance=3)
    assert tolerant.totals["released"] == 1.0
    assert tolerant.totals["harmed"] == 0.0


def test_reads_alone_do_not_show_what_is_wrong_with_writes() -> None:
    whole = run_of(SLUG, share=50, tolerance=3, writes="stubbed", shadow_s=40).totals
    reads = run_of(SLUG, share=50, tolerance=3, writes="skipped", shadow_s=40).totals
    assert whole["off"] < 2.5
    assert reads["off"] > 3.5
    assert reads["measured"] < whole["measured"]


def test_too_much_tolerance_overlooks_wrong_answers() -> None:
    measured = [run_of(SLUG, tolerance=cents).totals["measured"] for cents in (0, 3, 20, 40)]
    assert measured == sorted(measured, reverse=True)
    assert measured[-1] < 0.5 * measured[1]
