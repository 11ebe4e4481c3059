"""Judging and rendering, kind by kind, without a database."""

from itertools import combinations
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from quizzes import kinds, text
from quizzes.kinds import AnswerError, Compiled, Judgement, all_kinds, kind_of
from tests.quizzes.builders import Data, multiple, numeric, option, single


def compiled(definition: Data) -> Compiled:
    return all_kinds()[definition["kind"]].compile(definition)


def judge(definition: Data, **answer: Any) -> Judgement:
    question = compiled(definition)
    return kind_of(question).judge(question, answer)


def parse(definition: Data, query: str) -> dict[str, Any]:
    question = compiled(definition)
    return kind_of(question).parse(question, QueryDict(query))


def parse_or_refuse(question: Compiled, posted: QueryDict) -> tuple[dict[str, Any], str]:
    try:
        return kind_of(question).parse(question, posted), ""
    except AnswerError as error:
        return {}, str(error)


def test_the_kinds_are_found_by_their_modules() -> None:
    assert set(all_kinds()) >= {"single", "multiple", "numeric"}
    assert all(name == kind.name for name, kind in all_kinds().items())


def test_a_new_kind_is_one_more_module(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "guess.py").write_text(
        "from quizzes.kinds.single import Single\n"
        "class Guess(Single):\n    name = 'guess'\n"
        "KIND = Guess()\n"
    )
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    assert "guess" in all_kinds.__wrapped__()


def test_a_view_has_no_field_that_could_hold_the_key() -> None:
    for definition in (single(), multiple(), numeric()):
        question = compiled(definition)
        shown = repr(kind_of(question).view(question))
        for secret in ("SECRET", "correct", "13500.0", "1500.0", "0.04"):
            assert secret not in shown


@pytest.mark.parametrize(("chosen", "points"), [("a", 0.0), ("b", 1.0), ("c", 0.0)])
def test_single_choice_is_all_or_nothing(chosen: str, points: float) -> None:
    judgement = judge(single(), chosen=[chosen])
    assert (judgement.points, judgement.correct) == (points, points == 1)


def test_multiple_choice_takes_wrong_from_right() -> None:
    """Every choice out of four options, against the rule as it is told to learners."""
    for size in range(1, 5):
        for chosen in combinations("abcd", size):
            right, wrong = len({*chosen} & {*"ab"}), len({*chosen} & {*"cd"})
            judgement = judge(multiple(correct="ab"), chosen=list(chosen))
            assert judgement.points == max(0, right - wrong) / 2 * 2
            assert judgement.correct == ({*chosen} == {*"ab"})


@given(st.sets(st.sampled_from("abcd"), min_size=1), st.sets(st.sampled_from("abcd"), min_size=1))
def test_points_never_leave_their_range(key: set[str], chosen: set[str]) -> None:
    judgement = judge(multiple(correct="".join(sorted(key))), chosen=sorted(chosen))
    assert 0 <= judgement.points <= 2
    assert judgement.correct == (judgement.points == 2)


def test_every_option_is_explained_after_the_answer() -> None:
    judgement = judge(single(), chosen=["a"])
    assert [(item.state, item.verdict) for item in judgement.options] == [
        ("wrong", "Wrong"),
        ("right", "Right, not chosen"),
        ("other", ""),
    ]
    assert all("Why-" in item.why for item in judgement.options)


@pytest.mark.parametrize(
    "typed", ["13500", "13.5k req/s", "13 500/s", "810 000 per minute", "13,500 1/s", "13000 rps"]
)
def test_a_number_is_right_in_any_fitting_unit(typed: str) -> None:
    assert judge(numeric(), **parse(numeric(), f"number={typed}")).correct


def test_a_bare_number_is_said_to_be_read_in_the_unit() -> None:
    assert "You wrote no unit" in judge(numeric(), text="7").remark


def test_a_known_mistake_has_its_own_text() -> None:
    judgement = judge(numeric(), text="1.5k/s")
    assert judgement.mistake == "<p>Mistake-<em>edge</em>-SECRET.</p>"
    assert judgement.points == 0


def test_a_number_that_is_right_in_another_unit_is_asked_for_its_unit() -> None:
    with pytest.raises(AnswerError, match="write the unit"):
        parse(numeric(), "number=810000")


def test_an_answer_that_can_no_longer_be_read_is_judged_by_its_value() -> None:
    judgement = judge(numeric(), text="thirteen thousand", value=13500.0, unit="1/s")
    assert judgement.correct
    assert judgement.given == "thirteen thousand"


@given(st.text())
def test_any_typed_text_is_an_answer_or_a_sentence(typed: str) -> None:
    posted = QueryDict(mutable=True)
    posted["number"] = typed
    question = compiled(numeric())
    answer, sentence = parse_or_refuse(question, posted)
    assert bool(answer) != bool(sentence)
    if answer:
        assert kind_of(question).judge(question, answer).given == answer["text"]


@given(st.lists(st.text(max_size=3)))
def test_any_choice_is_an_answer_or_a_sentence(values: list[str]) -> None:
    posted = QueryDict(mutable=True)
    posted.setlist("choice", values)
    for definition in (single(), multiple()):
        answer, sentence = parse_or_refuse(compiled(definition), posted)
        assert bool(answer) != bool(sentence)
        assert set(answer.get("chosen", [])) <= set("abcd")


@given(st.permutations(["10 s", "9 s", "1.5 s", "abc", "Abd", "2 of 10", "2 of 9"]))
def test_the_order_of_options_follows_from_their_texts(texts: list[str]) -> None:
    options = [
        option(f"id-{place}", text=text, correct=place == 0) for place, text in enumerate(texts)
    ]
    question = compiled(single() | {"options": options})
    assert [item["text"] for item in question["options"]] == [
        "1.5 s",
        "2 of 9",
        "2 of 10",
        "9 s",
        "10 s",
        "abc",
        "Abd",
    ]


def test_the_last_paragraph_of_a_prompt_is_the_question() -> None:
    stem, ask = text.render_prompt("A *situation*.\n\n- one\n- two\n\nWhat now?")
    assert stem.startswith("<p>A <em>situation</em>.</p>")
    assert "<li>two</li>" in stem
    assert ask == "What now?"


def test_a_prompt_that_ends_with_a_list_is_all_stem() -> None:
    stem, ask = text.render_prompt("What now?\n\n- one")
    assert ask == ""
    assert "What now?" in stem
