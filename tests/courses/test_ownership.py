import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from wagtail.models import GroupCollectionPermission, GroupPagePermission

from accounts.models import User
from courses.models import CoursePage
from courses.ownership import collection_for, make_instructor
from courses.root import course_index, ensure_index


def test_an_import_makes_the_group_and_the_collection_of_a_course(sample: CoursePage) -> None:
    group = Group.objects.get(name="Instructors of sample")
    assert sample.instructors == group
    assert sample.collection == collection_for("sample")
    pages = GroupPagePermission.objects.filter(group=group)
    assert set(pages.values_list("page_id", flat=True)) == {sample.pk}
    collections = GroupCollectionPermission.objects.filter(group=group)
    assert set(collections.values_list("collection_id", flat=True)) == {sample.collection_id}
    models = set(collections.values_list("permission__content_type__model", flat=True))
    assert models == {"quiz", "scenario"}


def test_an_instructor_may_enter_the_studio(owned: CoursePage, instructor_user: User) -> None:
    user = User.objects.get(pk=instructor_user.pk)
    assert user.has_perm("wagtailadmin.access_admin")


def test_becoming_an_instructor_twice_does_no_harm(
    owned: CoursePage, instructor_user: User
) -> None:
    make_instructor(user=instructor_user, course_slug="sample")
    assert instructor_user.groups.count() == 1


def test_an_unknown_course_has_no_collection(db: None) -> None:
    with pytest.raises(CoursePage.DoesNotExist):
        collection_for("none")


def test_the_command_begins_a_course(instructor_user: User) -> None:
    call_command("create_course", "mine", title="Mine", instructor="Barbara@example.org")
    course = CoursePage.objects.get(slug="mine")
    assert not course.live
    assert instructor_user.groups.get() == course.instructors


@pytest.mark.parametrize(
    ("slug", "instructor"), [("mine", "nobody@example.org"), ("Not A Slug", "barbara@example.org")]
)
def test_the_command_says_what_is_wrong(instructor_user: User, slug: str, instructor: str) -> None:
    with pytest.raises(CommandError):
        call_command("create_course", slug, title="Mine", instructor=instructor)
    assert not CoursePage.objects.exists()


def test_a_second_course_of_the_same_slug_is_refused(
    owned: CoursePage, instructor_user: User
) -> None:
    with pytest.raises(CommandError, match="slug"):
        call_command("create_course", "sample", title="Mine", instructor="barbara@example.org")


def test_the_parent_of_all_courses_is_made_once(db: None) -> None:
    index = course_index()
    ensure_index()
    assert course_index().pk == index.pk
    assert [page.pk for page in index.get_siblings()] == [index.pk]
