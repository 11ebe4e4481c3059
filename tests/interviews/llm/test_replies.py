"""Reading what a model wrote."""

import json

from hypothesis import given
from hypothesis import strategies as st

from grading import Verdict
from interviews.llm.client import Outcome, read_completion, retry_after
from interviews.llm.replies import MAX_QUOTES, read_reply, response_format
from tests.interviews.llm.server import completion, judgement

IDS = ["queue", "idempotent"]
KEYS = ["criteria", "id", "quotes", "verdict", "why", "choices", "message", "content", "usage"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(IDS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(KEYS), inner),
)


def test_a_good_reply_is_read_as_it_is() -> None:
    text = judgement(queue=("met", ["a b"]), idempotent=("unsure", []))
    reply = read_reply(text, IDS)
    assert reply.faults == ()
    assert reply.findings["queue"].verdict is Verdict.MET
    assert reply.findings["queue"].quotes == ("a b",)


@given(st.text() | VALUES.map(json.dumps))
def test_no_reply_is_an_error(text: str) -> None:
    reply = read_reply(text, IDS)
    assert reply.faults or set(reply.findings) == set(IDS)


@given(st.binary() | VALUES.map(lambda value: json.dumps(value).encode()))
def test_no_body_is_an_error(body: bytes) -> None:
    result = read_completion(body)
    assert (result.content is not None) == (result.outcome is Outcome.ANSWERED)
    result.raw.encode()
    assert "\x00" not in result.raw


@given(st.text(st.characters()))
def test_what_the_model_wrote_can_always_be_stored(text: str) -> None:
    result = read_completion(completion(text))
    assert result.content is not None
    result.content.encode()
    assert "\x00" not in result.content


def test_a_criterion_that_is_missing_or_judged_twice_is_a_fault() -> None:
    twice = {"id": "queue", "quotes": [], "why": "", "verdict": "missed"}
    text = json.dumps({"criteria": [twice, twice | {"verdict": "met"}]})
    reply = read_reply(text, IDS)
    assert reply.findings == {}
    assert len(reply.faults) == 2


def test_what_is_there_is_read_beside_what_is_not() -> None:
    good = json.loads(judgement(queue=("missed", [])))["criteria"]
    reply = read_reply(json.dumps({"criteria": [*good, 7, {"id": []}]}), IDS)
    assert list(reply.findings) == ["queue"]
    assert len(reply.faults) == 3


def test_quotes_without_an_end_are_cut() -> None:
    reply = read_reply(judgement(queue=("met", ["a b"] * 500)), ["queue"])
    assert len(reply.findings["queue"].quotes) == MAX_QUOTES


def test_the_schema_is_strict_and_knows_these_criteria_only() -> None:
    schema = response_format(IDS)["json_schema"]
    entry = schema["schema"]["properties"]["criteria"]["items"]
    assert schema["strict"] is True
    assert entry["properties"]["id"]["enum"] == IDS
    assert set(entry["required"]) == set(entry["properties"])
    assert entry["additionalProperties"] is False


@given(st.text())
def test_no_retry_after_is_an_error(header: str) -> None:
    seconds = retry_after(header)
    assert seconds is None or seconds >= 0


def test_retry_after_is_a_number_or_a_date() -> None:
    assert retry_after("7") == 7
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("-3") is None
    assert retry_after("soon") is None
    assert (retry_after("Wed, 21 Oct 2099 07:28:00 GMT") or 0) > 1e9
