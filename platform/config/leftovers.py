"""What a start that was killed has left running: found by a mark, not by a number.

Numbers of processes are reused, so a list of them proves nothing. Every process we start carries
a variable that all its descendants inherit; a process that has it is ours, whatever became of its
parent. Read from /proc: where there is none, nothing is found.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

GRACE_S = 20.0
POLL_S = 0.05
VARIABLE = "LOADMARK_SERVICE"


def mark(var: Path, name: str) -> dict[str, str]:
    """Return the variable by which a process of the installation in ``var`` is known."""
    return {VARIABLE: f"{name} of {var}"}


def stop(var: Path) -> int:
    """Stop every process of the installation in ``var``; return how many there were.

    Only while nobody else runs this installation (``processes.only_one``).
    """
    found = _ours(var)
    for pid in found:
        # The workers of a server that lives are its own to stop.
        if _leader(pid) not in found or _leader(pid) == pid:
            _send(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while (left := _ours(var)) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    for pid in left:
        _send(pid, signal.SIGKILL)
    return len(found)


def _ours(var: Path) -> set[int]:
    wanted = f" of {var}"
    return {
        int(entry.name)
        for entry in Path("/proc").glob("[1-9]*")
        if _value(entry).endswith(wanted) and int(entry.name) != os.getpid()
    }


def _value(process: Path) -> str:
    """Return the mark of a living process; "" for one without, and for one we may not ask."""
    try:
        pairs = (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    start = os.fsencode(f"{VARIABLE}=")
    return next((os.fsdecode(pair) for pair in pairs if pair.startswith(start)), "")


def _leader(pid: int) -> int:
    with contextlib.suppress(OSError):
        return os.getsid(pid)
    return pid


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
