"""Backends for frontends: a phone's screen, asked for in pieces or in one call.

*Without the pattern* the phone calls a general API once per section, waits as long for each
as the backend would, and leaves out what does not come. *With* it, a backend of its own asks
the services and sends one answer. Both meet the same services on the same screens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import (
    Challenge,
    Curve,
    Half,
    Lab,
    Option,
    Prediction,
    Preset,
    Reading,
    Run,
    Scale,
    at_least,
    at_most,
    parameter,
)
from labs.catalog.microservices._screen import (
    ANSWER_KB,
    FRESH,
    SPREAD_MS,
    WORK_MS,
    Network,
    Screen,
    Screens,
    answers,
    by_phone,
    tell,
    through_bff,
)
from simulation import EventLog

WHOLE, LEAVE_OUT, COPY = "whole", "leave-out", "copy"
POINTS = 100
KB_PER_MEGABIT = 125.0

EVENT_TEXTS = {
    "asks": noop("asks for the screen"),
    "asks all": noop("asks services at once: %(sections)d"),
    "first": noop("has the first answer, after %(ms).0f ms"),
    "last": noop("has the last answer that came in time, after %(ms).0f ms"),
    "gives up": noop("stops waiting; sections without an answer: %(missing)d"),
    "shows": noop("shows the screen, after a download of %(kb).0f KB"),
    "blank": noop("shows an error instead of the screen"),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The controls; the defaults are a backend that only joins calls."""

    rtt_ms: int = parameter(
        80,
        label=lazy("Round trip of the phone"),
        unit="ms",
        minimum=10,
        maximum=400,
        step=10,
        help=lazy("To the site and back: 10 ms at home on fibre, 80 ms on a good mobile network."),
    )
    mbit: float = parameter(
        8.0,
        label=lazy("Download rate"),
        unit="Mbit/s",
        minimum=0.5,
        maximum=50.0,
        step=0.5,
        help=lazy("8 Mbit/s bring 1 KB in a millisecond."),
    )
    sections: int = parameter(
        6,
        label=lazy("Sections of the screen"),
        unit="sections",
        minimum=1,
        maximum=12,
        step=1,
        help=lazy("Each comes from a service of its own; its answer there takes about 10 ms."),
    )
    at_once: int = parameter(
        1,
        label=lazy("Calls the phone makes at once"),
        unit="calls",
        minimum=1,
        maximum=6,
        step=1,
        help=lazy("Without the backend. 1: each call needs what the one before it answered."),
    )
    kept: int = parameter(
        100,
        label=lazy("Fields the backend passes on"),
        unit="%",
        minimum=20,
        maximum=100,
        step=5,
        help=lazy("Share of each service’s 20 KB that is sent to the phone; it uses a fifth."),
    )
    timeout_ms: int = parameter(
        2000,
        label=lazy("Wait for a section"),
        unit="ms",
        minimum=20,
        maximum=5000,
        step=20,
        help=lazy("Then the section counts as failed. The same with and without the backend."),
    )
    missing: str = parameter(
        WHOLE,
        label=lazy("When a section fails"),
        choices={
            WHOLE: lazy("send an error for the screen"),
            LEAVE_OUT: lazy("leave the section out"),
            COPY: lazy("send an older copy of it"),
        },
        help=lazy("What the backend does. The phone on its own leaves the section out."),
    )


def _network(parameters: Parameters) -> Network:
    return Network(parameters.rtt_ms, parameters.mbit * KB_PER_MEGABIT / 1000)


def _screen(row: Sequence[float], parameters: Parameters, *, protected: bool) -> Screen:
    network = _network(parameters)
    if not protected:
        return by_phone(row, network, timeout_ms=parameters.timeout_ms, at_once=parameters.at_once)
    return through_bff(
        row,
        network,
        timeout_ms=parameters.timeout_ms,
        kept_percent=parameters.kept,
        stale=parameters.missing == COPY,
        whole=parameters.missing == WHOLE,
    )


def _round_trips(parameters: Parameters, *, protected: bool) -> int:
    """How many the phone waits for, one after the other."""
    return 1 if protected else -(-parameters.sections // parameters.at_once)


def _gain(run: Run) -> str:
    share = run.totals["p50_ms"] / run.totals["p50_ms_without"]
    if share < 1 / 3:
        return "third"
    return "less" if share < 0.8 else "same" if share <= 1.2 else "more"


class BackendForFrontendLab(Lab[Parameters]):
    """Six calls for one screen."""

    slug = "bff"
    title = lazy("Six calls for one screen")
    pattern = lazy("Backends for frontends")
    group = lazy("Edge")
    version = 3
    summary = lazy(
        "A phone needs six answers for a screen, and every one costs a round trip. A backend made "
        "for this screen asks for all six nearby. Then one of the six stops answering."
    )
    parameters = Parameters
    presets = {
        "3g": Preset(
            lazy("Phone on a poor network"),
            Parameters(rtt_ms=300, mbit=1.0),
            lazy("A round trip of 300 ms and 1 Mbit/s, figures of this lab: size matters here."),
        ),
        "fibre": Preset(
            lazy("Laptop on fibre"),
            Parameters(rtt_ms=10, mbit=50.0),
            lazy("A round trip of 10 ms and 50 Mbit/s, figures of this lab: little to gain."),
        ),
        "partner": Preset(
            lazy("A partner’s server"),
            Parameters(rtt_ms=20, mbit=50.0, sections=12, at_once=6),
            lazy(
                "Twelve sections, six calls at once over a good line: a client with other needs, "
                "for whom the general API is nearly as good."
            ),
        ),
    }
    event_texts = EVENT_TEXTS
    curves = (
        Curve("shown", noop("Sections on the screen"), "%"),
        Curve("finished", noop("Screens to which nothing more will come"), "%"),
    )
    readings = (
        Reading("p50_ms", noop("Half of the screens finished within"), "ms", "down"),
        Reading("p95_ms", noop("95 % of screens finished within"), "ms", "down"),
        Reading("round_trips_ms", noop("Spent on round trips"), "ms", "down"),
        Reading("kb", noop("Downloaded per screen"), "KB", "down"),
        Reading("fresh", noop("Sections shown and up to date"), "%", "up"),
        Reading("blank", noop("Screens with nothing on them"), "%", "down"),
    )
    challenges = (
        Challenge(
            "opens-at-once",
            lazy("A screen that opens"),
            lazy(
                "On a network no better than 80 ms and 8 Mbit/s, with at least 6 sections, finish "
                "95 % of screens within 300 ms and show at least 96 % of sections."
            ),
            "easy",
            (
                at_least("rtt_ms", 80, "ms", lazy("A round trip of at least 80 ms")),
                at_most("mbit", 8.0, "Mbit/s", lazy("At most 8 Mbit/s")),
                at_least("sections", 6, "", lazy("At least 6 sections")),
                at_most("p95_ms", 300.0, "ms", lazy("95 % of screens finish within 300 ms")),
                at_least("shown", 96.0, "%", lazy("At least 96 % of sections are shown")),
            ),
        ),
        Challenge(
            "poor-network",
            lazy("Ten sections on a poor network"),
            lazy(
                "On a network no better than 300 ms and 1 Mbit/s, with at least 10 sections, "
                "finish 95 % of screens within 950 ms, show at least 99.9 % of sections, and have "
                "at least 97.4 % of sections up to date."
            ),
            "hard",
            (
                at_least("rtt_ms", 300, "ms", lazy("A round trip of at least 300 ms")),
                at_most("mbit", 1.0, "Mbit/s", lazy("At most 1 Mbit/s")),
                at_least("sections", 10, "", lazy("At least 10 sections")),
                at_most("p95_ms", 950.0, "ms", lazy("95 % of screens finish within 950 ms")),
                at_least("shown", 99.9, "%", lazy("At least 99.9 % of sections are shown")),
                at_least("fresh", 97.4, "%", lazy("At least 97.4 % of sections are up to date")),
            ),
        ),
    )
    prediction = Prediction(
        lazy(
            "Let the phone make all six calls at once, without the backend. How long does half of "
            "the screens take with the backend, compared with that?"
        ),
        (
            Option("third", lazy("Less than a third of the time")),
            Option("less", lazy("A third to four fifths")),
            Option("same", lazy("About the same: within 20 %")),
            Option("more", lazy("Over 20 % longer")),
        ),
        Parameters(at_once=6),
        _gain,
        lambda run: (
            _(
                "%(p50_ms).0f ms with the backend and %(p50_ms_without).0f ms without it: calls "
                "made at once share one round trip, and this backend saves no bytes."
            )
            % dict(run.totals)
        ),
    )

    def scale(self, parameters: Parameters) -> Scale:
        """From the tap to a good while after an ordinary screen is there."""
        network = _network(parameters)
        trips = _round_trips(parameters, protected=False)
        ordinary_ms = (
            trips * (network.rtt_ms + WORK_MS + SPREAD_MS)
            + parameters.sections * ANSWER_KB / network.kb_per_ms
        )
        limit_ms = (int(1.25 * ordinary_ms) // 100 + 1) * 100 + 50
        times = tuple(limit_ms * point / POINTS for point in range(1, POINTS + 1))
        return Scale(noop("Time since the tap"), "ms", times)

    def half(self, parameters: Parameters, *, seed: int, protected: bool) -> Half:
        """Eight hundred screens, asked for through the backend or by the phone itself."""
        rows = answers(seed, parameters.sections)
        made = [_screen(row, parameters, protected=protected) for row in rows]
        screens = Screens(made)
        times = self.scale(parameters).values
        curves = {
            "shown": [round(share, 2) for share in screens.shown_by(times)],
            "finished": [round(share, 2) for share in screens.finished_by(times)],
        }
        trips = _round_trips(parameters, protected=protected)
        totals = screens.totals() | {
            "round_trips": float(trips),
            "round_trips_ms": float(trips * parameters.rtt_ms),
        }
        log = EventLog()
        if protected:
            place = _telling(made)
            tell(log, rows[place], made[place], _network(parameters), parameters.timeout_ms)
        return Half(curves, totals, log)

    def explain(self, run: Run) -> Sequence[str]:
        """What the round trips cost, what was downloaded, and what a failed section did."""
        totals = dict(run.totals)
        return [_trips_sentence(totals), _bytes_sentence(run), _failed_sentence(run)]


def _telling(screens: Sequence[Screen]) -> int:
    """The first screen that lacks a section, or the first of all."""
    lacking = (
        place
        for place, screen in enumerate(screens)
        if any(section.state != FRESH for section in screen.sections)
    )
    return next(lacking, 0)


def _trips_sentence(totals: Mapping[str, float]) -> str:
    trips = int(totals["round_trips_without"])
    sentence = ngettext(
        "Half of the screens were finished within %(p50_ms).0f ms with the backend and within "
        "%(p50_ms_without).0f ms without it: either way the phone waits for one round trip.",
        "Half of the screens were finished within %(p50_ms).0f ms with the backend and within "
        "%(p50_ms_without).0f ms without it: one round trip of %(round_trips_ms).0f ms instead of "
        "%(round_trips_without)d in a row.",
        trips,
    )
    return sentence % totals


def _bytes_sentence(run: Run) -> str:
    sentence = (
        noop(
            "On average a screen downloaded %(kb).0f KB through the backend, where those that "
            "ended with an error count as none, and %(kb_without).0f KB without it."
        )
        if run.parameters["missing"] == WHOLE
        else noop(
            "On average a screen downloaded %(kb).0f KB through the backend, and "
            "%(kb_without).0f KB without it."
        )
    )
    return _(sentence) % dict(run.totals)


def _failed_sentence(run: Run) -> str:
    values = dict(run.parameters) | dict(run.totals) | {"failed": 100.0 - run.totals["fresh"]}
    sentences = {
        WHOLE: noop(
            "A section without an answer within %(timeout_ms)d ms took its whole screen with it: "
            "%(blank).1f %% of screens showed nothing (%(blank_without).1f %% without the backend)."
        ),
        LEAVE_OUT: noop(
            "%(failed).1f %% of sections had no answer within %(timeout_ms)d ms and were left out; "
            "%(blank).1f %% of screens showed nothing."
        ),
        COPY: noop(
            "%(older).1f %% of sections had no answer within %(timeout_ms)d ms and were shown from "
            "an older copy; without the backend they were missing."
        ),
    }
    return _(sentences[str(run.parameters["missing"])]) % values


LAB = BackendForFrontendLab()
