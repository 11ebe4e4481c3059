"""Writes of courses: what is published becomes an edition."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from common import diagrams
from common.markdown import render_markdown
from courses import conversion, rendering
from courses.interchange import Block, CalculatorBlock, LabBlock, QuizBlock
from courses.models import CourseEdition, CoursePage, LessonEdition, LessonPage, ModulePage
from labs.embeds import UnknownEmbedError, calculator_version, lab_version, markup_digest
from quizzes.actions import set_free
from quizzes.models import Quiz

BODY_FIELDS = ("body", "references", "imported_source")


@dataclass(frozen=True, slots=True)
class Placed:
    """A lesson and where it stands."""

    page: LessonPage
    module: ModulePage
    course_slug: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many editions were made."""

    lessons: int = 0
    courses: int = 0


@transaction.atomic
def refresh_course(*, course_id: int, recheck: bool = False) -> Refreshed:
    """Make the editions of a course agree with what is live in the studio.

    Lessons whose live revision has an edition already are not looked at, unless `recheck`: then
    every lesson is compared with what its edition was made from.
    """
    course = CoursePage.objects.select_for_update(of=("self",)).filter(pk=course_id).first()
    if course is None:
        return Refreshed()
    placed = live_lessons(course) if course.live else []
    lessons = _refresh_lessons(placed, recheck=recheck)
    _retire_missing(course, placed)
    courses = _refresh_outline(course, placed) if course.live else _retire_course(course)
    _open_quizzes(course, placed)
    return Refreshed(lessons, courses)


@transaction.atomic
def retire_course(*, course_slug: str) -> None:
    """Show nothing of a course any more."""
    for kind in (LessonEdition, CourseEdition):
        kind.objects.current().filter(course_slug=course_slug).update(is_current=False)


def live_modules(course: CoursePage) -> list[ModulePage]:
    """The modules that readers see, in order."""
    return list(ModulePage.objects.child_of(course).live().order_by("path"))


def live_lessons(course: CoursePage) -> list[Placed]:
    """The lessons that readers see, in order and without their bodies."""
    modules = {module.path: module for module in live_modules(course)}
    pages = LessonPage.objects.descendant_of(course).live().order_by("path").defer(*BODY_FIELDS)
    steplen = LessonPage.steplen
    # Two lessons may share a slug for a while, after a move; an address shows the first.
    placed: dict[str, Placed] = {}
    for page in pages:
        if (home := modules.get(page.path[:-steplen])) is not None:
            placed.setdefault(page.slug, Placed(page, home, course.slug))
    return list(placed.values())


def _refresh_lessons(placed: Sequence[Placed], *, recheck: bool) -> int:
    ids = [one.page.content_id for one in placed]
    current = {
        edition.content_id: edition
        for edition in LessonEdition.objects.current().filter(content_id__in=ids).defer("html")
    }
    made = []
    for one in placed:
        edition = current.get(one.page.content_id)
        if edition and not recheck and _is_up_to_date(edition, one):
            continue
        new = _rendered_edition(one, known=edition.fingerprint if edition else "")
        if new is not None:
            made.append(new)
    _replace_current(made)
    return len(made)


def _is_up_to_date(edition: LessonEdition, placed: Placed) -> bool:
    page = placed.page
    return (
        page.live_revision_id is not None
        and edition.revision_id == page.live_revision_id
        and edition.renderer == str(rendering.VERSION)
        and (edition.course_slug, edition.slug) == (placed.course_slug, page.slug)
        and edition.module == placed.module.title
    )


def _replace_current(made: Sequence[LessonEdition]) -> None:
    ids = [edition.content_id for edition in made]
    LessonEdition.objects.current().filter(content_id__in=ids).update(is_current=False)
    for edition in made:
        edition.number = LessonEdition.objects.next_number(edition.content_id)
        edition.save()


def _rendered_edition(placed: Placed, *, known: str) -> LessonEdition | None:
    """The edition of a lesson, not stored; None when it was made from the same as `known`."""
    edition = build_lesson_edition(placed.page, placed.course_slug, placed.module.title, known)
    if edition is not None:
        edition.revision_id = placed.page.live_revision_id
    return edition


def build_lesson_edition(
    page: LessonPage, course_slug: str, module: str, known: str = ""
) -> LessonEdition | None:
    """Render a lesson without storing anything; None when its fingerprint is `known`."""
    file = conversion.lesson_file(page)
    fingerprint = _fingerprint([course_slug, module, asdict(file), _versions(file.blocks)])
    if fingerprint == known:
        return None
    renderer = rendering.Renderer(f"/courses/{course_slug}/{page.slug}/")
    body = renderer.blocks(file.blocks)
    return LessonEdition(
        content_id=page.content_id,
        course_slug=course_slug,
        slug=page.slug,
        module=module,
        title=page.title,
        summary=page.summary,
        minutes=page.minutes,
        free_preview=page.free_preview,
        objectives=list(file.objectives),
        html=rendering.render_objectives(file.objectives)
        + body
        + rendering.render_references(file.references),
        outline=renderer.outline,
        text="\n".join(part for part in renderer.plain if part),
        labs=_slugs(file.blocks, LabBlock),
        calculators=_slugs(file.blocks, CalculatorBlock),
        quizzes=_slugs(file.blocks, QuizBlock),
        renderer=str(rendering.VERSION),
        fingerprint=fingerprint,
    )


def _slugs(
    blocks: Iterable[Block], kind: type[LabBlock] | type[CalculatorBlock] | type[QuizBlock]
) -> list[str]:
    return list(dict.fromkeys(block.slug for block in blocks if isinstance(block, kind)))


def _versions(blocks: Iterable[Block]) -> list[tuple[str, int | str]]:
    """The versions of the labs and calculators that are rendered into a lesson, markup included."""
    found: list[tuple[str, int | str]] = []
    for block in blocks:
        if isinstance(block, LabBlock | CalculatorBlock):
            version = lab_version if isinstance(block, LabBlock) else calculator_version
            try:
                found.append((block.slug, version(block.slug)))
            except UnknownEmbedError:
                found.append((block.slug, 0))
    return [*found, ("markup", markup_digest())] if found else found


def _fingerprint(parts: list[Any]) -> str:
    text = json.dumps(
        [rendering.VERSION, diagrams.VERSION, *parts], default=str, ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _retire_missing(course: CoursePage, placed: Sequence[Placed]) -> None:
    """Retire the editions of lessons that are no longer in the course, under any slug it had."""
    before = CourseEdition.objects.current().filter(content_id=course.content_id).first()
    slugs = {course.slug} | ({before.course_slug} if before else set())
    ids = [one.page.content_id for one in placed]
    gone = LessonEdition.objects.current().filter(course_slug__in=slugs)
    gone.exclude(content_id__in=ids).update(is_current=False)


def _open_quizzes(course: CoursePage, placed: Sequence[Placed]) -> None:
    """Open the quizzes of free previews to visitors, and close those of other lessons.

    Quizzes of other courses are left alone: nobody opens what is not theirs by embedding it.
    """
    own = Quiz.objects.filter(collection=course.collection_id or 0)
    editions = LessonEdition.objects.current().filter(
        content_id__in=[one.page.content_id for one in placed]
    )
    used: dict[bool, set[str]] = {True: set(), False: set()}
    for free, slugs in editions.values_list("free_preview", "quizzes"):
        used[free].update(slugs)
    for free, slugs in ((True, used[True]), (False, used[False] - used[True])):
        mine = own.filter(slug__in=slugs).values_list("slug", flat=True)
        set_free(slugs=list(mine), is_free=free)


def _retire_course(course: CoursePage) -> int:
    mine = Q(content_id=course.content_id) | Q(course_slug=course.slug)
    CourseEdition.objects.current().filter(mine).update(is_current=False)
    return 0


def _refresh_outline(course: CoursePage, placed: Sequence[Placed]) -> int:
    """Make a new edition of the course unless the current one says the same."""
    new = build_course_edition(course, placed)
    current = CourseEdition.objects.current().filter(content_id=course.content_id).first()
    if current is not None and _says(current) == _says(new):
        return 0
    _retire_course(course)
    new.number = CourseEdition.objects.next_number(course.content_id)
    new.save()
    return 1


def _says(edition: CourseEdition) -> list[Any]:
    names = ("course_slug", "title", "summary", "renderer", "outline", "description_html")
    return [*(getattr(edition, name) for name in names), edition.scenarios]


def build_course_edition(course: CoursePage, placed: Sequence[Placed]) -> CourseEdition:
    """What readers see of a course, not stored."""
    return CourseEdition(
        content_id=course.content_id,
        course_slug=course.slug,
        title=course.title,
        summary=course.summary,
        renderer=str(rendering.VERSION),
        description_html=render_markdown(course.description).html,
        scenarios=list(conversion.scenario_slugs(course)),
        outline=_outline(placed),
    )


def _outline(placed: Sequence[Placed]) -> list[dict[str, Any]]:
    ids = [one.page.content_id for one in placed]
    used = {
        content_id: len(labs) + len(calculators)
        for content_id, labs, calculators in LessonEdition.objects.current()
        .filter(content_id__in=ids)
        .values_list("content_id", "labs", "calculators")
    }
    modules: dict[str, dict[str, Any]] = {}
    for one in placed:
        head = {"slug": one.module.slug, "title": one.module.title, "lessons": []}
        module = modules.setdefault(one.module.path, head)
        module["lessons"].append(_outline_entry(one.page, used.get(one.page.content_id, 0)))
    return list(modules.values())


def _outline_entry(page: LessonPage, labs: int) -> dict[str, Any]:
    return {
        "content_id": str(page.content_id),
        "slug": page.slug,
        "title": page.title,
        "summary": page.summary,
        "minutes": page.minutes,
        "free": page.free_preview,
        "labs": labs,
    }
