"""What is measured of labs: CPU of runs, an answer from the cache, bytes, and memory."""

import gc
import random
import statistics
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil
from django.test import Client

from labs.base import Lab
from labs.parameters import ParameterSet, Spec, Value
from labs.registry import all_labs

RANDOM_SETS = 40  # per lab, besides all minima and all maxima
DIFFERENT_RUNS = 1000
CACHED_ANSWERS = 100
TURNS = 3


@dataclass(frozen=True, slots=True)
class LabCost:
    """CPU milliseconds of one lab's runs, both halves: the median default run and the worst."""

    slug: str
    default_ms: float
    worst_ms: float
    fragment_bytes: int


def lab_costs(browser: Client) -> Iterator[LabCost]:
    """Measure every lab; what is reported of a run is the least of three turns."""
    chance = random.Random(1)  # noqa: S311 -- parameter sets, not secrecy
    for lab in all_labs():
        default_ms = statistics.median(_run_ms(lab, lab.defaults, seed) for seed in range(7))
        worst_ms = max(_run_ms(lab, one, 7) for one in some_parameters(lab, chance, RANDOM_SETS))
        yield LabCost(lab.slug, default_ms, worst_ms, _fragment_bytes(browser, lab))


def some_parameters(lab: Lab[Any], chance: random.Random, count: int) -> Iterator[ParameterSet]:
    """Yield all minima, all maxima, and `count` random parameter sets of a lab."""
    for end in (0, -1):
        yield lab.parameters(**{spec.name: _values(spec)[end] for spec in lab.specs})
    for _ in range(count):
        yield lab.parameters(**{spec.name: chance.choice(_values(spec)) for spec in lab.specs})


def cached_answer_ms(browser: Client, lab: Lab[Any]) -> float:
    """Return the median CPU of an answer from the cache, request and response included."""
    address = f"/labs/{lab.slug}/"
    browser.get(address, headers={"HX-Request": "true"})
    spent = []
    for _ in range(CACHED_ANSWERS):
        begun = time.process_time()
        browser.get(address, headers={"HX-Request": "true"})
        spent.append((time.process_time() - begun) * 1000)
    return statistics.median(spent)


def memory_growth_bytes() -> int:
    """Return how much this process grew over 1,000 different runs, after as many to warm up.

    Warming up lets the allocator reach the size that the largest runs need.
    """
    _many_runs(seed=0)
    before = _unique_bytes()
    _many_runs(seed=1_000_000)
    return _unique_bytes() - before


def _many_runs(*, seed: int) -> None:
    labs = all_labs()
    for number in range(DIFFERENT_RUNS):
        lab = labs[number % len(labs)]
        lab.run(lab.defaults, seed=seed + number)
    gc.collect()


def _unique_bytes() -> int:
    return int(psutil.Process().memory_full_info().uss)


def _run_ms(lab: Lab[Any], parameters: ParameterSet, seed: int) -> float:
    spent = []
    for _ in range(TURNS):
        begun = time.process_time()
        lab.run(parameters, seed=seed)
        spent.append((time.process_time() - begun) * 1000)
    return min(spent)


def _values(spec: Spec) -> list[Value]:
    if spec.choices:
        return list(spec.choices)
    low, high, step = spec.minimum or 0, spec.maximum or 0, spec.step or 1
    kind = int if spec.is_whole else float
    return [kind(round(low + n * step, 9)) for n in range(round((high - low) / step) + 1)]


def _fragment_bytes(browser: Client, lab: Lab[Any]) -> int:
    content = browser.get(f"/labs/{lab.slug}/", headers={"HX-Request": "true"}).content
    return len(zlib.compress(content, 6))
