"""Who owns a course: a group with rights on its pages, and on its quizzes and scenarios."""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from accounts.models import User
from courses.models import CoursePage
from courses.root import course_index
from interviews.models import Scenario
from quizzes.models import Quiz

PAGE_RIGHTS = (
    "add_page",
    "change_page",
    "publish_page",
    "bulk_delete_page",
    "lock_page",
    "unlock_page",
)
LONGEST_NAME = 150
"""Of a group, in characters (Django's own limit)."""


def collection_for(course_slug: str) -> Collection:
    """The collection of a course's quizzes and scenarios; raises CoursePage.DoesNotExist."""
    return ensure_owned(course=CoursePage.objects.get(slug=course_slug)).collection


@transaction.atomic
def make_instructor(*, user: User, course_slug: str) -> Group:
    """Let somebody edit and publish a course; raises CoursePage.DoesNotExist."""
    course = ensure_owned(course=CoursePage.objects.get(slug=course_slug))
    user.groups.add(course.instructors)
    return course.instructors


@transaction.atomic
def create_course(
    *, slug: str, title: str, instructor: User | None, summary: str = ""
) -> CoursePage:
    """Begin a course as a draft that its instructor owns.

    Raises ValidationError when the slug is taken.
    """
    course = CoursePage(
        title=title, slug=slug, summary=summary or title, live=False, owner=instructor
    )
    course_index().add_child(instance=course)
    ensure_owned(course=course)
    course.save_revision(user=instructor, log_action=True)
    if instructor is not None:
        make_instructor(user=instructor, course_slug=slug)
    return course


@transaction.atomic
def ensure_owned(*, course: CoursePage) -> CoursePage:
    """Give a course its group and its collection, and them their names and rights."""
    if course.collection is None:
        root = Collection.get_first_root_node()
        course.collection = root.add_child(instance=Collection(name=course.title[:255]))
    if course.instructors is None:
        course.instructors = Group.objects.create(name=_group_name(course))
        _grant(course)
    CoursePage.objects.filter(pk=course.pk).update(
        collection=course.collection, instructors=course.instructors
    )
    return course


def follow_slug(*, course: CoursePage) -> None:
    """Name group and collection after what the course is called now."""
    if course.instructors_id:
        Group.objects.filter(pk=course.instructors_id).update(name=_group_name(course))
    if course.collection_id:
        Collection.objects.filter(pk=course.collection_id).update(name=course.title[:255])


def _group_name(course: CoursePage) -> str:
    """The name of the course's group; a group left behind by a deleted course keeps its own."""
    name = (_("Instructors of %(slug)s") % {"slug": course.slug})[:LONGEST_NAME]
    taken = Group.objects.filter(name=name).exclude(pk=course.instructors_id)
    return f"{name[: LONGEST_NAME - 22]} ({course.pk})" if taken.exists() else name


def _grant(course: CoursePage) -> None:
    group = course.instructors
    group.permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    page_type = ContentType.objects.get_for_model(Page)
    rights = Permission.objects.filter(content_type=page_type, codename__in=PAGE_RIGHTS)
    for right in rights:
        GroupPagePermission.objects.get_or_create(group=group, page_id=course.pk, permission=right)
    types = ContentType.objects.get_for_models(Quiz, Scenario).values()
    for right in Permission.objects.filter(content_type__in=types):
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=course.collection, permission=right
        )
