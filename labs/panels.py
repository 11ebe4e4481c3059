"""What the page of a lab shows, as plain values that name all they hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _

from labs.base import (
    DEFAULT_SEED,
    Challenge,
    Lab,
    Outcome,
    Run,
    parse_parameters,
    parse_seed,
    to_query,
)
from labs.controls import Control, PresetLink, build_control, query_string
from labs.parameters import ParameterError, ParameterSet, text_of
from labs.readouts import Readout, read_out
from labs.running import Allow, kept_run, run_lab

LONGEST_QUERY = 1000
LONGEST_TEXT = 80  # of what was typed and is shown again


@dataclass(frozen=True, slots=True)
class PredictionOption:
    """An answer to the prediction, and the query that gives it and runs what it was about."""

    id: str
    label: str
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PredictionView:
    """The question before the run; the right answer is known only once somebody has answered."""

    question: str
    options: tuple[PredictionOption, ...]
    verdict: str = ""
    because: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """A challenge, and how the last try went."""

    id: str
    title: str
    statement: str
    level: str
    passed_before: bool
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A lab with its controls and, when the parameters could be read, the run they give."""

    lab: Lab[Any]
    place: int
    element: str
    controls: tuple[Control, ...]
    seed: Control
    presets: tuple[PresetLink, ...]
    prediction: PredictionView
    challenges: tuple[ChallengeView, ...]
    hidden: tuple[tuple[str, str], ...]
    readout: Readout | None = None
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def preset(self) -> PresetLink | None:
        """The preset whose settings these are, if any."""
        return next((preset for preset in self.presets if preset.chosen), None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address or a form asked for, as far as it could be read."""

    texts: Mapping[str, str]
    seed_text: str
    parameters: ParameterSet | None
    seed: int | None
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _SeedSpec:
    name: str = "seed"
    label: str = "Seed"
    unit: str = ""
    minimum: float = 0
    maximum: float = 2**31 - 1
    step: float = 1
    help: str = "The same seed gives the same run to everybody."


def build_panel(
    lab: Lab[Any],
    query: Mapping[str, str],
    *,
    place: int = 1,
    passed: frozenset[str] = frozenset(),
    checked: tuple[str, Outcome] | None = None,
    allow: Allow = lambda: True,
) -> Panel:
    """Return the panel for what an address or a form asked for; bad values become problems.

    `allow` is asked before a run that is not in the cache; raises TooManyRunsError when it says no.
    """
    asked = _read(lab, query)
    readout = _run(lab, asked, query, allow)
    canonical = to_query(asked.parameters) if asked.parameters is not None else None
    element = element_of(lab, place)
    return Panel(
        lab=lab,
        place=place,
        element=element,
        controls=_controls(lab, element, asked),
        seed=_seed_control(element, asked),
        presets=_presets(lab, canonical),
        prediction=_prediction(lab, query.get("predict", ""), asked.parameters, readout),
        challenges=tuple(_challenge(one, passed, checked) for one in lab.challenges),
        hidden=tuple((canonical or {}).items()),
        readout=readout,
        problems=asked.problems,
    )


def _read(lab: Lab[Any], query: Mapping[str, str]) -> _Asked:
    texts = {spec.name: query[spec.name] for spec in lab.specs if spec.name in query}
    seed_text = query.get("seed") or str(DEFAULT_SEED)
    problems: list[tuple[str, str]] = []
    parameters = _attempt(lambda: parse_parameters(lab, texts), problems)
    seed = _attempt(lambda: parse_seed(seed_text), problems)
    return _Asked(texts, seed_text, parameters, seed, tuple(problems))


def _run(lab: Lab[Any], asked: _Asked, query: Mapping[str, str], allow: Allow) -> Readout | None:
    if asked.parameters is None or asked.seed is None:
        return None
    run = run_lab(lab, asked.parameters, asked.seed, allow=allow)
    address = _query(asked.parameters, asked.seed)
    return read_out(lab, run, address, _run_before(lab, query))


def element_of(lab: Lab[Any], place: int) -> str:
    """The id of a lab's element; `place` tells the same lab apart when a lesson has it twice."""
    return f"lab-{lab.slug}" if place == 1 else f"lab-{lab.slug}-{place}"


def _run_before(lab: Lab[Any], query: Mapping[str, str]) -> Run | None:
    """The run the reader saw last, if the page says which and the cache still has it."""
    pairs = dict(parse_qsl(query.get("before", "")[:LONGEST_QUERY].removeprefix("?")))
    if "before" not in query:
        return None
    try:
        seed = parse_seed(pairs.pop("seed", str(DEFAULT_SEED)))
        return kept_run(lab, parse_parameters(lab, pairs), seed)
    except ParameterError:
        return None


def _attempt[T](read: Callable[[], T], problems: list[tuple[str, str]]) -> T | None:
    try:
        return read()
    except ParameterError as error:
        problems.extend(error.problems)
        return None


def _query(parameters: ParameterSet, seed: int) -> str:
    extra = {"seed": str(seed)} if seed != DEFAULT_SEED else {}
    return query_string(to_query(parameters) | extra)


def _controls(lab: Lab[Any], element: str, asked: _Asked) -> tuple[Control, ...]:
    source = asked.parameters if asked.parameters is not None else lab.defaults
    typed = {} if asked.parameters is not None else asked.texts
    errors = dict(asked.problems)
    return tuple(
        build_control(
            spec,
            prefix=element,
            text=typed[spec.name][:LONGEST_TEXT]
            if spec.name in typed
            else text_of(getattr(source, spec.name)),
            choices=[(text_of(value), label) for value, label in spec.choices.items()],
            errors=errors,
        )
        for spec in lab.specs
    )


def _seed_control(element: str, asked: _Asked) -> Control:
    return build_control(
        _SeedSpec(),
        prefix=element,
        text=asked.seed_text[:LONGEST_TEXT],
        choices=(),
        errors=dict(asked.problems),
    )


def _presets(lab: Lab[Any], canonical: Mapping[str, str] | None) -> tuple[PresetLink, ...]:
    links = []
    for slug, preset in lab.presets.items():
        pairs = to_query(preset.parameters)
        links.append(
            PresetLink(
                slug, str(preset.label), str(preset.note), query_string(pairs), pairs == canonical
            )
        )
    return tuple(links)


def _prediction(
    lab: Lab[Any], chosen: str, parameters: ParameterSet | None, readout: Readout | None
) -> PredictionView:
    asked = lab.prediction
    pairs = to_query(asked.parameters)
    options = tuple(
        PredictionOption(
            option.id,
            str(option.label),
            query_string(pairs | {"predict": option.id}),
            option.id == chosen,
        )
        for option in asked.options
    )
    is_answered = chosen in {option.id for option in asked.options}
    if readout is None or not is_answered or parameters != asked.parameters:
        return PredictionView(str(asked.question), options)
    right = asked.answer(readout.run) == chosen
    verdict = _("Right.") if right else _("Not this time.")
    return PredictionView(
        str(asked.question), options, verdict, asked.because(readout.run), right=right
    )


def _challenge(
    challenge: Challenge, passed: frozenset[str], checked: tuple[str, Outcome] | None
) -> ChallengeView:
    outcome = checked[1] if checked is not None and checked[0] == challenge.id else None
    return ChallengeView(
        id=challenge.id,
        title=str(challenge.title),
        statement=str(challenge.statement),
        level=challenge.level,
        passed_before=challenge.id in passed,
        outcome=outcome,
    )
