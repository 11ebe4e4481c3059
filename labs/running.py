"""Runs of labs, kept in the cache: the same lab, version, parameters and seed give the same run."""

import hashlib
import json
from typing import Any

from django.core.cache import cache

from labs.base import Lab, Run, values
from labs.parameters import ParameterSet

KEPT_S = 7 * 24 * 3600


def run_lab(lab: Lab[Any], parameters: ParameterSet, seed: int) -> Run:
    """Return the run, from the cache when somebody has made it before."""
    key = _key(lab, parameters, seed)
    kept = cache.get(key)
    if kept is not None:
        return Run.from_json(kept)
    run = lab.run(parameters, seed=seed)
    cache.set(key, run.to_json(), KEPT_S)
    return run


def _key(lab: Lab[Any], parameters: ParameterSet, seed: int) -> str:
    text = json.dumps([lab.slug, lab.version, values(parameters), seed], sort_keys=True)
    return "run:" + hashlib.sha256(text.encode()).hexdigest()
