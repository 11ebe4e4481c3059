"""Finds the labs: every module below `labs/catalog/` that assigns a lab to `LAB`."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

from labs import catalog
from labs.base import Lab

type AnyLab = Lab[Any]


class UnknownLab(LookupError):  # noqa: N818 -- named like DoesNotExist, it is a state
    """No lab has this slug."""


class BrokenCatalogueError(RuntimeError):
    """A module of the catalogue holds no lab, or two labs share a slug."""


def all_labs() -> tuple[AnyLab, ...]:
    """Every lab, in order of group and title as written in the catalogue."""
    return tuple(_labs_by_slug().values())


def get_lab(slug: str) -> AnyLab:
    """The lab with this slug; raises UnknownLab."""
    try:
        return _labs_by_slug()[slug]
    except KeyError:
        raise UnknownLab(slug) from None


@cache
def about(lab: AnyLab) -> str:
    """What the lab's model holds and leaves out, in Markdown: the file beside its module."""
    return _about_path(type(lab).__module__).read_text(encoding="utf-8")


def _about_path(module_name: str) -> Path:
    return Path(importlib.import_module(module_name).__file__ or "").with_suffix(".md")


@cache
def _labs_by_slug() -> dict[str, AnyLab]:
    found: dict[str, AnyLab] = {}
    for name in _module_names():
        lab = getattr(importlib.import_module(name), "LAB", None)
        if not isinstance(lab, Lab):
            raise BrokenCatalogueError(f"{name} assigns no lab to LAB")
        if not _about_path(name).is_file():
            raise BrokenCatalogueError(f"{name} has no text: {_about_path(name).name} is missing")
        if lab.slug in found:
            raise BrokenCatalogueError(f"{name}: the slug “{lab.slug}” is taken")
        found[lab.slug] = lab
    return found


def _module_names() -> list[str]:
    """Modules below the catalogue in alphabetical order; a leading underscore hides one."""
    walked = pkgutil.walk_packages(catalog.__path__, catalog.__name__ + ".")
    names = [module.name for module in walked if not module.ispkg]
    return sorted(name for name in names if not name.rpartition(".")[2].startswith("_"))
