"""Who may open the studio, as every page's menu knows it."""

from django.contrib.auth.models import Group, Permission

from accounts.models import User


def editors() -> Group:
    group = Group.objects.create(name="Instructors of something")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    return group


def is_staff(user: User) -> bool:
    return User.objects.get(pk=user.pk).is_staff


def test_joining_and_leaving_a_group_opens_and_closes_the_studio(instructor_user: User) -> None:
    group = editors()
    instructor_user.groups.add(group)
    assert is_staff(instructor_user)
    instructor_user.groups.remove(group)
    assert not is_staff(instructor_user)


def test_a_group_that_takes_somebody_in_does_the_same(instructor_user: User) -> None:
    group = editors()
    group.user_set.add(instructor_user)
    assert is_staff(instructor_user)


def test_an_ordinary_group_opens_nothing(learner_user: User) -> None:
    learner_user.groups.add(Group.objects.create(name="Readers"))
    assert not is_staff(learner_user)


def test_an_administrator_stays_one(admin_user: User) -> None:
    group = editors()
    admin_user.groups.add(group)
    admin_user.groups.clear()
    assert is_staff(admin_user)
