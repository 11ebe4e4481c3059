"""What single labs must show, and that their challenges can be solved."""

import hashlib
from typing import Any

import pytest

from labs.base import Outcome, Run, challenge_seeds, check_challenge
from labs.registry import get_lab
from tests.labs.solutions import SOLUTIONS

# SHA-256 of the default run. Where other numbers are meant, raise the lab's version.
PINNED = {
    ("circuit-breaker", 1): "4bb4a36ace37a364c00597b9738725b650a11ec98c366863570796a587195b44",
    ("retry-storm", 1): "0fa9f23faeac1578e367cb3946c9fc760acfd444f4007abc14693b352eae4aa4",
}


def run_of(slug: str, **changes: Any) -> Run:
    """A run with these changes to the defaults."""
    lab = get_lab(slug)
    return lab.run(lab.parameters(**changes))


def outcome_of(slug: str, challenge_id: str, changes: dict[str, Any]) -> Outcome:
    """A challenge tried with these changes to the defaults."""
    lab = get_lab(slug)
    challenge = lab.challenge(challenge_id)
    seeds = challenge_seeds(lab, challenge)
    return check_challenge(lab, challenge, lab.parameters(**changes), seeds=seeds)


@pytest.mark.parametrize(("slug", "version"), PINNED)
def test_the_default_run_has_these_bytes_on_every_machine(slug: str, version: int) -> None:
    lab = get_lab(slug)
    assert lab.version == version
    digest = hashlib.sha256(lab.run(lab.defaults).to_json().encode()).hexdigest()
    assert digest == PINNED[slug, version]


@pytest.mark.parametrize(("slug", "challenge_id", "changes"), SOLUTIONS)
def test_a_challenge_can_be_solved(slug: str, challenge_id: str, changes: dict[str, Any]) -> None:
    outcome = outcome_of(slug, challenge_id, changes)
    assert outcome.passed, outcome.worst


@pytest.mark.parametrize("slug", ["circuit-breaker", "retry-storm"])
def test_what_solves_the_easy_challenge_does_not_solve_the_hard_one(slug: str) -> None:
    lab = get_lab(slug)
    easy = next(changes for name, _id, changes in SOLUTIONS if name == slug)
    assert not outcome_of(slug, lab.challenges[1].id, easy).passed


def test_both_halves_of_a_run_see_the_same_arrivals() -> None:
    totals = run_of("retry-storm").totals
    assert totals["requests"] == totals["requests_without"]


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


def test_three_attempts_in_three_layers_send_a_dead_database_27_calls_per_request() -> None:
    run = run_of("retry-storm")
    assert run.totals["amplification"] == 27.0
    assert 20.0 < run.totals["calls_per_request_down"] <= 27.0
    assert run.totals["calls_per_request_down_without"] == 1.0
    assert "up to 27" in get_lab("retry-storm").explain(run)[0]


def test_a_storm_outlives_its_outage_and_a_budget_ends_it() -> None:
    assert run_of("retry-storm").totals["recovery_s"] == 25.0
    assert run_of("retry-storm", budget="10").totals["recovery_s"] < 2.0


def test_jitter_breaks_up_the_crowd_that_returns_after_the_restart() -> None:
    together = run_of("retry-storm", attempts=2, backoff_ms=1000)
    spread = run_of("retry-storm", attempts=2, backoff_ms=1000, jitter="full")
    assert spread.totals["busiest_tenth"] < 0.75 * together.totals["busiest_tenth"]
