"""What the outbox lab says of its orders and events, in a table and in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from labs.base import Cell, Run, Table
from labs.catalog.microservices._dual_write import (
    AGAIN,
    FINE,
    INVENTED,
    LATER,
    LOST,
    NOTHING,
    POINTS,
    UNANSWERED,
    World,
    aftermath,
)

CELLS = {
    NOTHING: Cell(noop("nothing happened")),
    LOST: Cell(noop("event lost"), "bad"),
    INVENTED: Cell(noop("event invented"), "bad"),
    UNANSWERED: Cell(noop("only no answer")),
    LATER: Cell(noop("event sent later"), "good"),
    AGAIN: Cell(noop("event sent again"), "bad"),
    FINE: Cell(noop("all is well"), "good"),
}
ROWS = {
    1: noop("before the first write"),
    2: noop("after the first"),
    3: noop("after the second"),
    4: noop("after the third"),
}


def points_table(these: World) -> Table:
    """What a kill at each point leaves, and how many there were."""
    return Table(
        "points",
        noop("What a kill at each point leaves, and how many there were"),
        (
            noop("Killed"),
            noop("Kills"),
            noop("Commit, publish, answer"),
            noop("Publish, commit, answer"),
            noop("Outbox: commit both, publish, mark"),
        ),
        tuple(_row(these, point) for point in POINTS),
    )


def _row(these: World, point: int) -> tuple[Cell, ...]:
    kills = sum(one == point for one in these.kills.values())
    left = (CELLS[aftermath(design, point)] for design in ("commit", "publish", "outbox"))
    return (Cell(ROWS[point]), Cell(str(kills)), *left)


def wrong_sentence(totals: dict[str, float]) -> str:
    """What two writes lost or invented."""
    lost, invented = totals["lost_without"], totals["invented_without"]
    if lost:
        sentence = noop(
            "Without the outbox, %(lost_without)d of %(saved_without)d saved orders never got "
            "their event, and nothing will send it any more."
        )
    elif invented:
        sentence = noop(
            "Without the outbox, %(invented_without)d of the events told of orders that do not "
            "exist. Orders not taken at all: %(refused_without)d (with it %(refused)d)."
        )
    elif totals["refused_without"]:
        sentence = noop(
            "Without the outbox, orders and events agree in this run. Orders not taken: "
            "%(refused_without)d (with it %(refused)d)."
        )
    else:
        sentence = noop(
            "In this run no order and no event was lost or invented, even without the outbox."
        )
    return _(sentence) % totals


def again_sentence(totals: dict[str, float]) -> str:
    """What the outbox sent again."""
    if totals["again"]:
        return (
            ngettext(
                "The outbox lost and invented none, but sent %(again)d event again: consumers "
                "must recognise what they have had.",
                "The outbox lost and invented none, but sent %(again)d events again: consumers "
                "must recognise what they have had.",
                int(totals["again"]),
            )
            % totals
        )
    return _("The outbox lost and invented none, and in this run it sent none again.")


def delay_sentence(run: Run) -> str:
    """How long events waited for the relay, and what it asked of the database."""
    numbers = dict(run.totals) | {
        "poll": run.number("poll_s"),
        "mean": run.totals["delay_ms"] / 1000,
        "longest": run.totals["longest_ms"] / 1000,
    }
    if run.totals["waiting"]:
        sentence = noop(
            "A poll every %(poll)g s alone makes an event wait %(half_interval_s)g s on average; "
            "here the mean is %(mean).1f s so far. Events that still wait at the end: %(waiting)d."
        )
    else:
        sentence = noop(
            "A poll every %(poll)g s alone makes an event wait %(half_interval_s)g s on average; "
            "here the mean was %(mean).1f s, the longest wait %(longest).1f s, and the relay made "
            "%(calls)d database calls."
        )
    return _(sentence) % numbers
