"""Runs of labs, kept in the cache: the same lab, version, parameters and seed give the same run."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.cache import cache

from labs.base import Lab, Run, values
from labs.parameters import ParameterSet

KEPT_S = 7 * 24 * 3600
FORMAT = 2  # of the JSON of a run

type Allow = Callable[[], bool]


class TooManyRunsError(Exception):
    """Somebody asked for more runs than one address may have in a minute."""


def run_lab(lab: Lab[Any], parameters: ParameterSet, seed: int, *, allow: Allow) -> Run:
    """Return the run, from the cache when somebody has made it before.

    `allow` is asked before a run is made; raises TooManyRunsError when it says no.
    """
    kept = kept_run(lab, parameters, seed)
    if kept is not None:
        return kept
    if not allow():
        raise TooManyRunsError
    run = lab.run(parameters, seed=seed)
    cache.set(_key(lab, parameters, seed), run.to_json(), KEPT_S)
    return run


def kept_run(lab: Lab[Any], parameters: ParameterSet, seed: int) -> Run | None:
    """Return the run if the cache has it."""
    kept = cache.get(_key(lab, parameters, seed))
    return None if kept is None else Run.from_json(kept)


def _key(lab: Lab[Any], parameters: ParameterSet, seed: int) -> str:
    text = json.dumps([FORMAT, lab.slug, lab.version, values(parameters), seed], sort_keys=True)
    return "run:" + hashlib.sha256(text.encode()).hexdigest()
