"""A breaker in front of a payment provider."""

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
