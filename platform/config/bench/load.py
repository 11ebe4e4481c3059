"""A load generator that costs little itself: prepared requests over kept connections."""

import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

THREADS = 4
ROUND_S = 2.0
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Target:
    """A page to ask for."""

    name: str
    path: str
    cookie: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """Medians over the rounds: requests per second, CPU per request in ms, bytes of a body."""

    rate: float
    cpu_ms: float
    body_bytes: int


def measure(host: str, port: int, pids: Sequence[int], targets: Sequence[Target]) -> list[Load]:
    """Measure the targets in turns, so that a slow moment of the machine hits them all."""
    rounds: list[list[Load]] = [[] for _ in targets]
    for target in targets:
        _round(host, port, pids, target, 0.5)
    for _ in range(ROUNDS):
        for found, target in zip(rounds, targets, strict=True):
            found.append(_round(host, port, pids, target, ROUND_S))
    return [
        Load(
            statistics.median(load.rate for load in found),
            statistics.median(load.cpu_ms for load in found),
            found[-1].body_bytes,
        )
        for found in rounds
    ]


def _round(host: str, port: int, pids: Sequence[int], target: Target, seconds: float) -> Load:
    request = (
        f"GET {target.path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept-Encoding: gzip\r\n"
        + (f"Cookie: {target.cookie}\r\n" if target.cookie else "")
        + "\r\n"
    ).encode()
    counts = [0] * THREADS
    sizes = [0] * THREADS
    begun, cpu = time.perf_counter(), cpu_seconds(pids)
    end = begun + seconds

    def run(number: int) -> None:
        with socket.create_connection((host, port)) as connection:
            while time.perf_counter() < end:
                connection.sendall(request)
                sizes[number] = _read_response(connection, target)
                counts[number] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(counts)
    elapsed = time.perf_counter() - begun
    return Load(total / elapsed, (cpu_seconds(pids) - cpu) / total * 1000, max(sizes))


def _read_response(connection: socket.socket, target: Target) -> int:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(connection, target)
    head, _, body = data.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"{target.path} answered {head.split(b'\r\n', 1)[0].decode()}")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    received = len(body)
    while received < length:
        received += len(_receive(connection, target))
    return length


def _receive(connection: socket.socket, target: Target) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise RuntimeError(f"{target.path}: the server closed the connection.")
    return data


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the CPU time used so far by processes and their children."""
    return sum(sum(process.cpu_times()[:2]) for process in family(pids))


def family(pids: Sequence[int]) -> list[psutil.Process]:
    """Return processes with all their children."""
    roots = [psutil.Process(pid) for pid in pids]
    return roots + [child for root in roots for child in root.children(recursive=True)]
