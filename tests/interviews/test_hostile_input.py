"""Whatever is sent to an answer, the site answers with a sentence and not with an error."""

from collections.abc import Callable

from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviews.models import Answer

ANYTHING = st.text(max_size=60)
NUMBERS = st.one_of(st.integers().map(str), st.floats().map(str), ANYTHING)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "text": ANYTHING, "version": NUMBERS, "editor": ANYTHING, "sequence": NUMBERS,
        "key": ANYTHING, "choice": ANYTHING,
    },
)  # fmt: skip
relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def encode(fields: dict[str, str]) -> dict[str, bytes]:
    return {name: value.encode(errors="surrogatepass") for name, value in fields.items()}


@relaxed
@given(fields=FIELDS, tail=st.sampled_from(["save/", "submit/"]), accept=st.booleans())
def test_no_input_to_an_answer_is_an_error_of_ours(
    ada: Client,
    answer: Answer,
    stage_url: Callable[..., str],
    fields: dict[str, str],
    tail: str,
    accept: bool,
) -> None:
    Answer.objects.filter(pk=answer.pk).update(submitted_at=None)
    answer.gradings.all().delete()
    headers = {"Accept": "application/json"} if accept else {}
    response = ada.post(stage_url(tail), encode(fields), headers=headers)
    assert response.status_code in {200, 302, 409, 422}


@relaxed
@given(text=st.text(st.characters(blacklist_categories=["Cs"]), max_size=300))
def test_a_stored_text_is_the_text_that_was_sent(
    ada: Client, answer: Answer, stage_url: Callable[..., str], text: str
) -> None:
    answer.refresh_from_db()
    ada.post(stage_url("save/"), {"text": text, "version": answer.version})
    answer.refresh_from_db()
    assert answer.text == text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


@relaxed
@given(tail=st.text(st.characters(blacklist_categories=["Cs"]), max_size=20))
def test_no_address_below_a_stage_is_an_error_of_ours(
    ada: Client, answer: Answer, stage_url: Callable[..., str], tail: str
) -> None:
    assert ada.get(stage_url(tail.replace("?", "").replace("#", ""))).status_code < 500


def test_an_interview_with_a_huge_number_is_not_found(ada: Client) -> None:
    assert ada.get(f"/interviews/sessions/{10**30}/").status_code == 404
    assert ada.get("/interviews/?page=" + "9" * 30).status_code == 200
