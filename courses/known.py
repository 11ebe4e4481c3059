"""Which labs, calculators, quizzes and scenarios there are to refer to."""

from functools import cache

from courses.interchange import KnownSlugs
from estimation.calculators import all_calculators
from labs.registry import all_labs


@cache
def labs() -> dict[str, tuple[str, ...]]:
    """Slug → presets of every lab."""
    return {lab.slug: tuple(lab.presets) for lab in all_labs()}


@cache
def calculators() -> dict[str, tuple[str, ...]]:
    """Slug → presets of every calculator."""
    return {calculator.slug: tuple(calculator.presets) for calculator in all_calculators()}


def instruments() -> KnownSlugs:
    """Everything that is known without asking the database."""
    return KnownSlugs(labs=labs(), calculators=calculators())


def lab_choices() -> list[tuple[str, str]]:
    """Every lab, for a menu."""
    return [(lab.slug, str(lab.title)) for lab in all_labs()]


def calculator_choices() -> list[tuple[str, str]]:
    """Every calculator, for a menu."""
    return [(calculator.slug, str(calculator.title)) for calculator in all_calculators()]
