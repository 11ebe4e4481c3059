"""What holds for every lab, those not yet written included."""

import ast
import dataclasses
import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labs import catalog
from labs.base import (
    Challenge,
    Lab,
    Run,
    challenge_seeds,
    check_challenge,
    parse_parameters,
    to_query,
)
from labs.parameters import LARGEST_SEED, Spec, Value
from labs.registry import UnknownLab, about, all_labs, get_lab
from labs.results import MOST_EVENTS, MOST_POINTS, MOST_ROWS
from tests.labs.solutions import known_of, solutions_of

PURE_MODULES = ("base.py", "parameters.py", "readings.py", "registry.py", "results.py")
LABS = all_labs()
SLUGS = [lab.slug for lab in LABS]
every_lab = pytest.mark.parametrize("lab", LABS, ids=SLUGS)


def extremes(spec: Spec) -> list[Value]:
    """The ends of one control's range, or all its choices."""
    if spec.choices:
        return list(spec.choices)
    kind = type(spec.default)
    assert kind in (int, float)
    return [kind(end) for end in (spec.minimum, spec.maximum)]  # type: ignore[call-overload]


def some_value(spec: Spec) -> st.SearchStrategy[Value]:
    """Any value a control can take."""
    if spec.choices:
        return st.sampled_from(list(spec.choices))
    assert spec.minimum is not None
    assert spec.maximum is not None
    assert spec.step is not None
    low, step, kind = spec.minimum, spec.step, type(spec.default)
    steps = math.floor((spec.maximum - low) / step + 1e-9)
    return st.integers(0, steps).map(lambda n: kind(round(low + n * step, 9)))


def some_parameters(lab: Lab[Any]) -> st.SearchStrategy[Any]:
    """Any parameter set of a lab."""
    fields = {spec.name: some_value(spec) for spec in lab.specs}
    return st.builds(lab.parameters, **fields)


def solves(lab: Lab[Any], challenge: Challenge, parameters: Any) -> bool:
    """Whether the challenge is passed; stops at the first seed on which it is not."""
    return all(
        check_challenge(lab, challenge, parameters, seeds=[seed]).passed
        for seed in challenge_seeds(lab, challenge)
    )


def assert_sound(lab: Lab[Any], run: Run) -> None:
    """What every run must be, whatever its parameters."""
    assert Run.from_json(run.to_json()) == run
    assert 1 <= len(run.scale.values) <= MOST_POINTS
    assert list(run.scale.values) == sorted(run.scale.values)
    assert len(run.scale.names) in (0, len(run.scale.values))
    assert run.series
    for series in run.series:
        assert len(series.with_pattern) == len(series.without_pattern) == len(run.scale.values)
        points = [*series.with_pattern, *series.without_pattern]
        assert all(point is None or math.isfinite(point) for point in points)
    for table in run.tables:
        assert len(table.rows) <= MOST_ROWS
        assert {len(row) for row in table.rows} <= {len(table.head)}
    assert len(run.events) <= MOST_EVENTS
    assert run.events_left_out >= 0
    assert all(math.isfinite(total) for total in run.totals.values())
    assert all(math.isfinite(tile.value) for tile in run.tiles)
    assert_told(lab, run)


def assert_told(lab: Lab[Any], run: Run) -> None:
    """Everything computed for a person to read is readable."""
    sentences = [*lab.explain(run)]
    texts = [*sentences, *(event.localised for event in run.events), *(t.text for t in run.tiles)]
    assert 2 <= len(lab.explain(run)) <= 3
    assert_readable(texts)
    for challenge in lab.challenges:
        assert challenge.check(run)


def assert_readable(texts: Sequence[str]) -> None:
    """No number that is none, and no placeholder left over."""
    for text in texts:
        assert text
        assert "nan" not in text.split()
        assert "inf" not in text.split()
        assert "%(" not in text


@every_lab
def test_a_lab_is_complete(lab: Lab[Any]) -> None:
    assert get_lab(lab.slug) is lab
    assert all(str(text) for text in (lab.title, lab.pattern, lab.group, lab.summary))
    assert 3 <= len(lab.specs) <= 7
    assert all(str(spec.label) and str(spec.help) for spec in lab.specs)
    assert lab.presets
    assert [challenge.level for challenge in lab.challenges] == ["easy", "hard"]
    assert len({challenge.id for challenge in lab.challenges}) == 2
    assert all(str(one.title) and str(one.statement) for one in lab.challenges)


@every_lab
def test_its_prediction_is_about_a_run_the_first_view_does_not_show(lab: Lab[Any]) -> None:
    asked = lab.prediction
    assert asked.parameters != lab.defaults
    run = lab.run(asked.parameters)
    options = [option.id for option in asked.options]
    assert 2 <= len(set(options)) == len(options) <= 5
    assert asked.answer(run) in options
    assert_readable([asked.because(run)])


@every_lab
def test_its_about_text_says_what_the_model_holds(lab: Lab[Any]) -> None:
    words = about(lab).split()
    assert 60 <= len(words) <= 260


@every_lab
def test_the_default_run_has_the_same_bytes_on_every_machine(lab: Lab[Any]) -> None:
    known = known_of(lab.slug)
    digest = hashlib.sha256(lab.run(lab.defaults).to_json().encode()).hexdigest()
    assert (lab.version, digest) == (known["version"], known["default_run_sha256"])


@every_lab
def test_each_challenge_can_be_solved(lab: Lab[Any]) -> None:
    assert set(solutions_of(lab.slug)) == {challenge.id for challenge in lab.challenges}
    for challenge in lab.challenges:
        parameters = lab.parameters(**solutions_of(lab.slug)[challenge.id])
        seeds = (*challenge_seeds(lab, challenge), 1, 2)
        outcome = check_challenge(lab, challenge, parameters, seeds=seeds)
        assert outcome.passed, (challenge.id, outcome.worst)


@every_lab
def test_what_solves_the_easy_challenge_does_not_solve_the_hard_one(lab: Lab[Any]) -> None:
    easy, hard = lab.challenges
    assert not solves(lab, hard, lab.parameters(**solutions_of(lab.slug)[easy.id]))


@every_lab
def test_the_default_run_is_sound_and_shows_that_the_pattern_matters(lab: Lab[Any]) -> None:
    run = lab.run(lab.defaults)
    assert_sound(lab, run)
    first = run.series[0]
    assert first.with_pattern != first.without_pattern


@every_lab
def test_the_same_input_gives_the_same_bytes(lab: Lab[Any]) -> None:
    first, again, other = (lab.run(lab.defaults, seed=seed) for seed in (5, 5, 6))
    assert first.to_json() == again.to_json()
    assert lab.is_exact or first.to_json() != other.to_json()


@every_lab
def test_extreme_and_preset_parameters_run(lab: Lab[Any]) -> None:
    for end in (0, -1):
        parameters = lab.parameters(**{spec.name: extremes(spec)[end] for spec in lab.specs})
        assert_sound(lab, lab.run(parameters))
    for preset in lab.presets.values():
        assert str(preset.label)
        assert_sound(lab, lab.run(preset.parameters))


@every_lab
def test_each_control_alone_at_its_extreme_runs_and_solves_no_challenge(lab: Lab[Any]) -> None:
    tried = {lab.defaults}
    for spec in lab.specs:
        tried |= {dataclasses.replace(lab.defaults, **{spec.name: end}) for end in extremes(spec)}
    for parameters in tried:
        assert_sound(lab, lab.run(parameters))
        for challenge in lab.challenges:
            assert not solves(lab, challenge, parameters), (challenge.id, to_query(parameters))


@every_lab
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_parameters_run_within_bounds_and_twice_alike(
    lab: Lab[Any], data: st.DataObject
) -> None:
    parameters = data.draw(some_parameters(lab))
    seed = data.draw(st.integers(0, LARGEST_SEED))
    run = lab.run(parameters, seed=seed)
    assert_sound(lab, run)
    assert lab.run(parameters, seed=seed).to_json() == run.to_json()


@every_lab
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_parameters_survive_the_way_through_an_address(
    lab: Lab[Any], data: st.DataObject
) -> None:
    parameters = data.draw(some_parameters(lab))
    query = to_query(parameters)
    assert parse_parameters(lab, query) == parameters
    assert to_query(lab.defaults) == {}


@every_lab
def test_challenges_are_judged_on_seeds_that_no_page_uses(lab: Lab[Any]) -> None:
    for challenge in lab.challenges:
        seeds = challenge_seeds(lab, challenge)
        assert len(set(seeds)) == 3
        assert all(1000 < seed <= LARGEST_SEED for seed in seeds)
        assert challenge_seeds(lab, challenge) == seeds


def test_an_unknown_slug_is_named() -> None:
    with pytest.raises(UnknownLab, match="no-such-lab"):
        get_lab("no-such-lab")


def test_labs_know_nothing_of_django_but_its_translations() -> None:
    folder = Path(catalog.__path__[0])
    modules = [*folder.rglob("*.py"), *map(folder.parent.joinpath, PURE_MODULES)]
    allowed = {"django.utils.translation", "django.utils.functional"}
    for path in modules:
        imports = [
            node.module or ""
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom)
        ]
        assert {name for name in imports if name.startswith("django")} <= allowed, path


def test_the_first_labs_are_found() -> None:
    assert {"circuit-breaker", "retry-storm"} <= set(SLUGS)
