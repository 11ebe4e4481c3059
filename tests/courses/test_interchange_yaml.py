"""Quizzes, scenarios and courses as YAML: canonical text, and mistakes named with their line."""

from dataclasses import replace
from pathlib import Path

import pytest

from courses.interchange import (
    ChoiceQuestion,
    ContentError,
    ExpectedNumber,
    Mistake,
    NumericQuestion,
    parse_course,
    parse_quiz,
    parse_scenario,
    write_course_file,
    write_quiz,
    write_scenario,
)

QUIZ_PATH = "quizzes/breaker-basics.yaml"
QUIZ = """id: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c11
slug: breaker-basics
title: Circuit breaker basics
questions:
  - id: earliest-open
    kind: single
    points: 1
    prompt: |
      When does it open?

      - not before 20 calls
    options:
      - id: ten-seconds
        text: After 10 seconds
        correct: false
        explanation: 'No: the window must fill.'
      - id: at-once
        text: 'no'
        correct: true
        explanation: Yes.
    explanation: It counts outcomes.
  - id: database-load
    kind: numeric
    points: 1.5
    prompt: How many calls a second?
    answer: 13500
    unit: 1/s
    tolerance: 0.04
    mistakes:
      - value: 1500
        explanation: Only the edge retries.
    explanation: 3 × 3 × 3.
"""
SCENARIO_PATH = "scenarios/payment-path.yaml"
SCENARIO = """id: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c12
slug: payment-path
title: Design the payment path
level: senior
summary: It survives an outage.
prompt: A shop sells shoes.
stages:
  - id: requirements
    title: Requirements and numbers
    minutes: 8
    prompt: |
      What must it do?

      And how often?
    model_answer: It keeps orders.
    criteria:
      - id: degrades
        title: Degrades gracefully
        points: 2
        statement: Orders are kept.
        hint: What if it is down?
        follow_up: For how long?
        paraphrases:
          - We queue the charge.
        misconceptions:
          - '- drop the order'
        groups:
          - [queue|enqueue|store, charge|payment]
        numbers:
          - {value: 18.5, unit: 1/s, tolerance: 0.1}
          - {value: 3, tolerance: 0}
"""
COURSE = """id: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c13
slug: microservices
title: Microservices patterns
summary: One sentence.
description: |
  Two.

  Paragraphs.
modules:
  - id: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c14
    slug: resilience
    title: Resilience
    lessons: [retry, circuit-breaker]
scenarios: [payment-path]
"""


def quiz(text: str):
    return parse_quiz(text, path=QUIZ_PATH)


def test_a_quiz_is_read():
    single, numeric = quiz(QUIZ).questions
    assert isinstance(single, ChoiceQuestion)
    assert single.prompt == "When does it open?\n\n- not before 20 calls"
    assert [option.correct for option in single.options] == [False, True]
    assert single.options[1].text == "no"
    assert isinstance(numeric, NumericQuestion)
    assert (numeric.answer, numeric.unit, numeric.tolerance) == (13500.0, "1/s", 0.04)
    assert numeric.mistakes == (Mistake(1500.0, "Only the edge retries."),)


def test_a_scenario_is_read():
    (stage,) = parse_scenario(SCENARIO, path=SCENARIO_PATH).stages
    (criterion,) = stage.criteria
    assert criterion.misconceptions == ("- drop the order",)
    assert criterion.groups == (("queue|enqueue|store", "charge|payment"),)
    assert criterion.numbers == (ExpectedNumber(18.5, "1/s", 0.1), ExpectedNumber(3.0, "", 0.0))


def test_canonical_texts_are_written_as_they_were_read():
    assert write_quiz(quiz(QUIZ)) == QUIZ
    assert write_scenario(parse_scenario(SCENARIO, path=SCENARIO_PATH)) == SCENARIO
    assert write_course_file(parse_course(COURSE)) == COURSE


def test_unquoted_words_that_yaml_takes_for_something_else_are_text_where_text_is_wanted():
    text = QUIZ.replace("text: 'no'", "text: no").replace("After 10 seconds", "1e3")
    (option, other) = quiz(text).questions[0].options
    assert (option.text, other.text) == ("1e3", "no")
    assert "text: '1e3'" in write_quiz(quiz(text))


def test_a_long_list_of_slugs_takes_a_line_each():
    slugs = [f"lesson-number-{number}" for number in range(12)]
    text = COURSE.replace("[retry, circuit-breaker]", f"[{', '.join(slugs)}]")
    written = write_course_file(parse_course(text))
    assert f"    lessons:\n      - {slugs[0]}\n" in written
    assert parse_course(written) == parse_course(text)


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("slug: breaker-basics", "slug: other", 2, "name of the file"),
        ("slug: breaker-basics", "slug: Breaker", 2, "slug"),
        ("kind: single", "kind: essay", 6, "single, multiple, numeric"),
        ("kind: single", "kind: single\n    colour: red", 7, "no key “colour”"),
        ("points: 1\n", "points: 0\n", 7, "more than 0"),
        ("points: 1\n", "points: -1\n", 7, "more than 0"),
        ("points: 1\n", "points: '1'\n", 7, "without quotes"),
        ("points: 1\n", "points: .inf\n", 7, "a number"),
        ("points: 1\n", "points: 1e999\n", 7, "a number"),
        ("When does it open?", "```python", 9, "never closed"),
        ("When does it open?", ":::{lab} x\n      :::", 9, "directive"),
        ("      - id: at-once", "      - id: ten-seconds", 17, "used twice"),
        ("correct: true", "correct: false", 13, "No option is correct"),
        ("correct: false", "correct: true", 13, "2 options are correct"),
        ("correct: true", "correct: yes", 19, "true or false"),
        ("id: database-load", "id: earliest-open", 22, "used twice"),
        ("answer: 13500", "answer: 13 500", 26, "a number"),
        ("unit: 1/s", "unit: bananas/s", 27, "not a unit"),
        ("tolerance: 0.04", "tolerance: 4", 28, "0 to 1"),
        ("    explanation: 3 × 3 × 3.\n", "", 22, "“explanation” is missing"),
        ("title: Circuit", "title: Circuit\ntitle: x", 4, "given twice"),
        ("questions:", "questions: []\nrest:", 4, "1 or more"),
        ("questions:", "---\nquestions:", 4, "second document"),
    ],
)
def test_a_mistake_in_a_quiz_is_named_with_its_line(old, new, line, sentence):
    text = QUIZ.replace(old, new, 1)
    assert text != QUIZ
    with pytest.raises(ContentError, match=sentence) as caught:
        quiz(text)
    assert (caught.value.path, caught.value.line) == (QUIZ_PATH, line)


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("level: senior", "level: wizard", 4, "junior, mid, senior, staff"),
        ("minutes: 8", "minutes: 8.5", 10, "whole number"),
        ("          - We queue the charge.", "          []", 24, "1 or more"),
        ("queue|enqueue|store,", "queue||store,", 28, "empty synonym"),
        ("[queue|enqueue|store, charge|payment]", "[]", 28, "none of them empty"),
        ("[queue|enqueue|store, charge|payment]", "queue", 28, "list of lists"),
        ("{value: 3, tolerance: 0}", "{value: 3}", 31, "“tolerance” is missing"),
        ("{value: 3, tolerance: 0}", "3", 31, "entries with keys"),
        ("tolerance: 0}", "tolerance: 2}", 31, "0 to 1"),
        ("tolerance: 0}", "tolerance: 0, scale: wide}", 31, "relative, magnitude"),
        ("tolerance: 0}", "tolerance: 3.5, scale: magnitude}", 31, "from 0 to 3"),
        ("tolerance: 0}", "tolerance: -1, scale: magnitude}", 31, "from 0 to 3"),
    ],
)
def test_a_mistake_in_a_scenario_is_named_with_its_line(old, new, line, sentence):
    text = SCENARIO.replace(old, new, 1)
    assert text != SCENARIO
    with pytest.raises(ContentError, match=sentence) as caught:
        parse_scenario(text, path=SCENARIO_PATH)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("[retry, circuit-breaker]", "[retry, retry]", 13, "listed twice"),
        ("[payment-path]", "[payment-path, payment-path]", 14, "listed twice"),
        ("[payment-path]", "payment-path", 14, "must be a list"),
        ("[payment-path]", "[Payment]", 14, "slug"),
    ],
)
def test_a_mistake_in_a_course_is_named_with_its_line(old, new, line, sentence):
    with pytest.raises(ContentError, match=sentence) as caught:
        parse_course(COURSE.replace(old, new, 1))
    assert caught.value.line == line


def test_the_same_module_twice_is_refused():
    modules = COURSE[COURSE.index("  - id") : COURSE.index("scenarios")]
    again = modules.replace("c14", "c15").replace("[retry, circuit-breaker]", "[]")
    with pytest.raises(ContentError, match="“resilience” is listed twice") as caught:
        parse_course(COURSE.replace(modules, modules + again))
    assert caught.value.line == 15


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- a\n", "a\n", "null\n"])
def test_a_file_without_keys_is_refused(text):
    with pytest.raises(ContentError):
        parse_course(text)


def test_a_bomb_of_aliases_is_refused_before_it_grows():
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))
    with pytest.raises(ContentError, match="Anchors"):
        parse_course(f"a0: &a0 x\n{levels}")


def test_values_that_were_never_a_file_are_held_to_the_same_rules():
    good = quiz(QUIZ)
    for bad in (
        replace(good, title="two\nlines"),
        replace(good, title=""),
        replace(good, slug="No Slug"),
        replace(good, questions=()),
        replace(good, questions=(replace(good.questions[0], prompt="ends in a blank line\n\n"),)),
        replace(good, questions=(replace(good.questions[1], points=float("nan")),)),
    ):
        with pytest.raises(ContentError):
            write_quiz(bad)


def test_the_content_that_comes_with_the_product_is_canonical():
    content = Path(__file__).parents[2] / "content"
    for course in sorted(content.iterdir()):
        text = (course / "course.yaml").read_text()
        assert write_course_file(parse_course(text)) == text
        for file in sorted(course.glob("scenarios/*.yaml")):
            text = file.read_text()
            assert write_scenario(parse_scenario(text, path=f"scenarios/{file.name}")) == text


def test_a_stage_keeps_its_twist_hints_estimates_and_diagram():
    optional = """    twist: The limit is halved.
    hints:
      - text: Subtract.
        cost: 0.5
    estimates:
      - id: spare
        label: Capacity left
        unit: 1/s
        help: A rate.
    diagram: true
"""
    text = SCENARIO.replace("    model_answer:", f"{optional}    model_answer:")
    text = text.replace("points: 2\n", "points: 2\n        dimension: failure\n")
    text = text.replace("tolerance: 0.1}", "tolerance: 0.1, of: requirements/spare, times: 0.5}")
    text = text.replace("{value: 3, tolerance: 0}", "{value: 3, tolerance: 1.5, scale: magnitude}")
    assert write_scenario(parse_scenario(text, path=SCENARIO_PATH)) == text
