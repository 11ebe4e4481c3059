"""Modules and lessons put where a course's file says they are."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from wagtail.models import Page

from courses import actions
from courses.interchange import COURSE_PATH, ContentError, CourseFile, LessonFile, ModuleFile
from courses.interchange.lessons import lesson_path
from courses.models import CoursePage, LessonPage, ModulePage


def put_modules(course: CoursePage, file: CourseFile) -> dict[str, ModulePage]:
    """Create and rename modules; returns the module of each lesson's slug.

    Raises ContentError for a module that belongs to another course.
    """
    stored = {module.content_id: module for module in _modules(file.modules)}
    for module in stored.values():
        if not module.is_child_of(course):
            reason = _("The module “%(slug)s” belongs to another course. Give it a new id.")
            raise ContentError(COURSE_PATH, 0, reason % {"slug": module.slug})
    _free_slugs((stored[m.id], m.slug) for m in file.modules if m.id in stored)
    homes: dict[str, ModulePage] = {}
    for module in file.modules:
        page = _put_module(course, stored.get(module.id), module)
        homes |= dict.fromkeys(module.lessons, page)
    return homes


def _modules(files: Iterable[ModuleFile]) -> list[ModulePage]:
    return list(ModulePage.objects.filter(content_id__in=[module.id for module in files]))


def _free_slugs(wanted: Iterable[tuple[Page, str]]) -> None:
    """Let two pages exchange their slugs."""
    for page, slug in wanted:
        if page.slug != slug:
            Page.objects.filter(pk=page.pk).update(slug=f"moving-{page.pk}")


def free_lesson_slugs(wanted: Iterable[tuple[LessonPage, LessonFile]]) -> None:
    """Let lessons exchange their slugs."""
    _free_slugs((page, file.slug) for page, file in wanted)


def _put_module(course: CoursePage, page: ModulePage | None, file: ModuleFile) -> ModulePage:
    if page is None:
        page = ModulePage(content_id=file.id, title=file.title, slug=file.slug, live=False)
        Page.objects.get(pk=course.pk).add_child(instance=page)
    elif page.live and (page.title, page.slug) == (file.title, file.slug):
        return page
    page.title = page.draft_title = file.title
    page.slug = file.slug
    page.save_revision(clean=False).publish()
    return ModulePage.objects.get(pk=page.pk)


def put_lesson(page: LessonPage | None, home: ModulePage, new: LessonPage) -> LessonPage:
    """The stored page of a lesson, below its module; `new` is stored when there is none."""
    parent = Page.objects.get(pk=home.pk)
    if page is None:
        parent.add_child(instance=new)
        return LessonPage.objects.get(pk=new.pk)
    if not page.is_child_of(parent):
        page.move(parent, pos="last-child")
    return LessonPage.objects.get(pk=page.pk)


def check_home(course: CoursePage, page: LessonPage, file: LessonFile) -> None:
    """Raise ContentError for a lesson that belongs to another course."""
    if not page.is_descendant_of(course):
        reason = _("This lesson belongs to another course. Give the file a new id.")
        raise ContentError(lesson_path(file.slug), 0, reason)


def arrange(course: CoursePage, file: CourseFile, lesson_ids: dict[str, UUID]) -> list[str]:
    """Order modules and lessons, unpublish those the file does not list; returns their names."""
    removed = _unpublish_rest(course, {module.id for module in file.modules}, lesson_ids)
    modules = {module.content_id: module for module in _modules(file.modules)}
    _order(course, [modules[module.id].pk for module in file.modules])
    lessons = LessonPage.objects.filter(content_id__in=lesson_ids.values())
    keys = dict(lessons.values_list("content_id", "pk"))
    for module in file.modules:
        _order(modules[module.id], [keys[lesson_ids[slug]] for slug in module.lessons])
    return removed


def _unpublish_rest(
    course: CoursePage, modules: set[UUID], lesson_ids: dict[str, UUID]
) -> list[str]:
    listed = set(lesson_ids.values())
    gone: list[LessonPage | ModulePage] = [
        placed.page
        for placed in actions.live_lessons(course)
        if placed.page.content_id not in listed
    ]
    gone += [page for page in actions.live_modules(course) if page.content_id not in modules]
    for page in gone:
        page.specific_class.objects.get(pk=page.pk).unpublish()
    return [lesson_path(page.slug) for page in gone if isinstance(page, LessonPage)]


def _order(parent: Page, wanted: Sequence[int]) -> None:
    """Make these children of `parent` follow each other in this order."""
    children = Page.objects.child_of(Page.objects.get(pk=parent.pk)).filter(pk__in=wanted)
    if list(children.order_by("path").values_list("pk", flat=True)) == list(wanted):
        return
    for pk in wanted:
        Page.objects.get(pk=pk).specific.move(Page.objects.get(pk=parent.pk), pos="last-child")
