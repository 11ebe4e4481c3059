"""Ctrl-C, SIGTERM and a closed terminal, as one KeyboardInterrupt that comes once.

The first of these signals raises; later ones are ignored, so that an impatient second Ctrl-C
cannot stop the stopping. While ``held`` the exception waits: a process that was just started is
written down before anything can interrupt.
"""

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class _State:
    depth: int = 0
    waiting: bool = False


_state = _State()


def install() -> None:
    """Take over the signals of this process, also where they arrive as ignored."""
    for number in SIGNALS:
        signal.signal(number, _interrupt)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Let a signal that comes inside raise at the end of the block."""
    _state.depth += 1
    try:
        yield
    finally:
        _state.depth -= 1
    if _state.waiting and not _state.depth:
        _state.waiting = False
        raise KeyboardInterrupt


def _interrupt(number: int, frame: object) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if _state.depth:
        _state.waiting = True
        return
    raise KeyboardInterrupt
