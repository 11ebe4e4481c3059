"""The page that all courses stand under."""

from typing import Any

from django.db import connection, transaction
from wagtail.models import Collection, Locale, Page, Site, WorkflowPage

from courses.models import CourseIndexPage


@transaction.atomic
def course_index() -> CourseIndexPage:
    """The parent of all courses; made when there is none, in place of Wagtail's welcome page."""
    index = CourseIndexPage.objects.first()
    return index or _make_index()


def _make_index() -> CourseIndexPage:
    Locale.objects.get_or_create(language_code="en")
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    root = Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root")
    index: CourseIndexPage = root.add_child(
        instance=CourseIndexPage(title="Courses", slug="courses")
    )
    site = Site.objects.filter(is_default_site=True).first() or Site(
        hostname="localhost", is_default_site=True
    )
    site.root_page = index
    site.save()
    # Nobody is in Wagtail's group of moderators: what is submitted to it would wait for ever.
    WorkflowPage.objects.filter(page=root).delete()
    for page in root.get_children().not_page(index).exact_type(Page):
        page.delete()
    return CourseIndexPage.objects.get(pk=index.pk)


def lock_index() -> None:
    """Let only one import run at a time; call it inside a transaction."""
    CourseIndexPage.objects.select_for_update(of=("self",)).get(pk=course_index().pk)


def ensure_index(**_kwargs: Any) -> None:
    """After every migration and every flush: the courses have their parent."""
    if CourseIndexPage._meta.db_table in connection.introspection.table_names():  # noqa: SLF001
        course_index()
