"""The name on one's account."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User

PROFILE = "/account/profile/"


def test_a_stranger_is_led_to_the_log_in(stranger: Client) -> None:
    assert stranger.get(PROFILE)["Location"] == f"/account/login/?next={PROFILE}"


def test_the_name_is_stored_and_shown_as_text(ada: Client, learner_user: User) -> None:
    response = ada.post(PROFILE, {"name": "<b>Ada</b> L."}, follow=True)
    assert response.redirect_chain == [(PROFILE, 302)]
    page = response.content.decode()
    assert "&lt;b&gt;Ada&lt;/b&gt; L." in page
    assert "<b>Ada" not in page


def test_a_name_that_is_too_long_is_refused_and_kept_in_the_form(
    ada: Client, learner_user: User
) -> None:
    response = ada.post(PROFILE, {"name": "A" * 81})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'value="{"A" * 81}"' in page
    assert "<summary>Ada</summary>" in page
    learner_user.refresh_from_db()
    assert learner_user.name == "Ada"


def test_the_form_changes_the_name_and_nothing_else(ada: Client, learner_user: User) -> None:
    ada.post(PROFILE, {"name": "Ada L.", "is_staff": "on", "is_superuser": "on", "email": "x@y.z"})
    learner_user.refresh_from_db()
    assert (learner_user.name, learner_user.email) == ("Ada L.", "ada@example.org")
    assert not learner_user.is_staff
    assert not learner_user.is_superuser


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(exclude_categories=["Cs"]), max_size=90))
def test_whatever_is_typed_the_next_page_can_show_it(ada: Client, name: str) -> None:
    assert ada.post(PROFILE, {"name": name}).status_code in {302, 422}
    assert ada.get(PROFILE).status_code == 200
