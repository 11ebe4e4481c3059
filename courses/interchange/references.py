"""Whether everything that a course points to exists."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from courses.interchange.blocks import Block, CalculatorBlock, LabBlock, QuizBlock
from courses.interchange.bundle import CourseBundle
from courses.interchange.course import COURSE_PATH
from courses.interchange.errors import ContentError
from courses.interchange.lessons import lesson_blocks


@dataclass(frozen=True, slots=True)
class KnownSlugs:
    """What exists outside a bundle; labs and calculators with the names of their presets."""

    labs: Mapping[str, Collection[str]] = field(default_factory=dict)
    calculators: Mapping[str, Collection[str]] = field(default_factory=dict)
    quizzes: Collection[str] = ()
    scenarios: Collection[str] = ()


def check_references(bundle: CourseBundle, known: KnownSlugs) -> list[ContentError]:
    """Every reference that leads nowhere, in the order of the files; empty when all is well."""
    return [*_scenario_errors(bundle, known), *_lesson_errors(bundle, known)]


def _scenario_errors(bundle: CourseBundle, known: KnownSlugs) -> Iterator[ContentError]:
    existing = {file.value.slug for file in bundle.scenarios} | set(known.scenarios)
    for slug in bundle.course.value.scenarios:
        if slug not in existing:
            yield ContentError(
                COURSE_PATH, 0, _("There is no scenario “%(slug)s”.") % {"slug": slug}
            )


def _lesson_errors(bundle: CourseBundle, known: KnownSlugs) -> Iterator[ContentError]:
    quizzes = {file.value.slug for file in bundle.quizzes} | set(known.quizzes)
    for lesson in bundle.lessons:
        for item in lesson_blocks(lesson.source, path=lesson.path):
            reason = _reason(item.block, known, quizzes)
            if reason:
                yield ContentError(lesson.path, item.line, reason)


def _reason(block: Block, known: KnownSlugs, quizzes: set[str]) -> str:
    """What is wrong with the reference that a block makes; empty when nothing is."""
    match block:
        case QuizBlock(slug) if slug not in quizzes:
            return _("There is no quiz “%(slug)s”.") % {"slug": slug}
        case LabBlock(slug) if slug not in known.labs:
            return _("There is no lab “%(slug)s”.") % {"slug": slug}
        case CalculatorBlock(slug) if slug not in known.calculators:
            return _("There is no calculator “%(slug)s”.") % {"slug": slug}
        case LabBlock(slug, preset) if preset and preset not in known.labs[slug]:
            return _preset_reason(slug, preset, known.labs[slug])
        case CalculatorBlock(slug, preset) if preset and preset not in known.calculators[slug]:
            return _preset_reason(slug, preset, known.calculators[slug])
    return ""


def _preset_reason(slug: str, preset: str, presets: Collection[str]) -> str:
    return _("“%(slug)s” has no preset “%(preset)s”; it has %(presets)s.") % {
        "slug": slug,
        "preset": preset,
        "presets": ", ".join(sorted(presets)) or _("none"),
    }
