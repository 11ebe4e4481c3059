"""A phone's screen through a backend of its own."""

import pytest

from labs.registry import get_lab
from tests.labs.solutions import run_of

SLUG = "bff"


def test_six_round_trips_of_80_ms_in_a_row_are_480_ms_and_one_call_is_90_to_100() -> None:
    totals = run_of(SLUG, rtt_ms=80, sections=6, mbit=50.0, kept=20).totals
    assert totals["round_trips_ms_without"] == 480.0
    assert totals["round_trips_ms"] == 80.0
    assert 90.0 <= totals["p50_ms"] <= 100.0
    work_and_download = 6 * (10 + 20 / 6.25)  # of 20 KB at 50 Mbit/s
    assert totals["p50_ms_without"] == pytest.approx(480.0 + work_and_download, rel=0.02)


def test_calls_made_at_once_share_a_round_trip_so_the_backend_hardly_gains_time() -> None:
    totals = run_of(SLUG, at_once=6).totals
    assert totals["p50_ms"] == pytest.approx(totals["p50_ms_without"], rel=0.1)


def test_the_more_calls_a_phone_makes_at_once_the_sooner_it_is_done() -> None:
    found = [run_of(SLUG, at_once=calls).totals["p50_ms_without"] for calls in (1, 2, 3, 6)]
    assert found == sorted(found, reverse=True)


def test_a_backend_that_sends_only_what_is_used_saves_four_fifths_of_the_bytes() -> None:
    every, some = (run_of(SLUG, kept=kept, missing="copy").totals for kept in (100, 20))
    assert every["kb"] == pytest.approx(6 * 20)
    assert some["kb"] == pytest.approx(every["kb"] / 5)


def test_one_failed_section_takes_the_screen_with_it_or_is_left_out_or_is_an_older_copy() -> None:
    whole, left_out, copy = (
        run_of(SLUG, missing=way).totals for way in ("whole", "leave-out", "copy")
    )
    assert whole["blank"] == pytest.approx(8.0, abs=2.5)
    assert left_out["blank"] == copy["blank"] == 0.0
    assert whole["shown"] < left_out["shown"] < copy["shown"] == 100.0
    assert left_out["fresh"] == copy["fresh"]
    assert copy["older"] == pytest.approx(100.0 - copy["fresh"])


def test_both_halves_meet_the_same_services() -> None:
    totals = run_of(SLUG, missing="leave-out", timeout_ms=200).totals
    assert totals["fresh"] == totals["fresh_without"]


def test_a_longer_wait_never_leaves_fewer_sections_up_to_date() -> None:
    found = [
        run_of(SLUG, missing="copy", timeout_ms=wait).totals["fresh"]
        for wait in (20, 60, 200, 400, 1000)
    ]
    assert found == sorted(found)


def test_a_wait_too_short_or_too_long_fails_the_hard_challenge() -> None:
    lab = get_lab(SLUG)
    poor = {"rtt_ms": 300, "mbit": 1.0, "sections": 10, "kept": 20, "missing": "copy"}
    short, long = (run_of(SLUG, timeout_ms=wait, **poor) for wait in (20, 2000))
    for run, failed in ((short, "up to date"), (long, "within 950 ms")):
        findings = lab.challenge("poor-network").check(run)
        assert [one.criterion for one in findings if not one.passed] != []
        assert all(failed in one.criterion for one in findings if not one.passed)


def test_the_log_counts_only_the_sections_that_failed() -> None:
    events = [event.text for event in run_of(SLUG).events]
    assert "stops waiting; sections without an answer: 1" in events
    assert events[-1] == "shows an error instead of the screen"


def test_the_mean_download_says_that_failed_screens_count_as_nothing() -> None:
    lab = get_lab(SLUG)
    assert "count as none" in lab.explain(run_of(SLUG))[1]
    assert "count as none" not in lab.explain(run_of(SLUG, missing="leave-out"))[1]


def test_a_screen_of_one_section_asks_services_in_words_that_fit() -> None:
    told = [event.text for event in run_of(SLUG, sections=1).events]
    assert "asks services at once: 1" in told
