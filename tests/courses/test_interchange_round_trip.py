"""For every value: either it is refused, or reading what was written gives it back."""

import string
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from courses.interchange import (
    CALLOUT_KINDS,
    LEVELS,
    BlockError,
    CalculatorBlock,
    CalloutBlock,
    ChoiceQuestion,
    CodeBlock,
    ContentError,
    CourseFile,
    CriterionFile,
    DiagramBlock,
    ExpectedNumber,
    LabBlock,
    LessonFile,
    Mistake,
    ModuleFile,
    NumericQuestion,
    Option,
    QuizBlock,
    QuizFile,
    Reference,
    RevealBlock,
    ScenarioFile,
    StageFile,
    TextBlock,
    lesson_path,
    parse_course,
    parse_lesson,
    parse_quiz,
    parse_scenario,
    quiz_path,
    scenario_path,
    write_course_file,
    write_lesson,
    write_quiz,
    write_scenario,
)

# Pieces that mean something to Markdown, to directives or to YAML.
NASTY = st.sampled_from(
    [
        "---",
        "+++",
        ":::",
        "::::",
        ":::{lab} x",
        "```",
        "````",
        "```{d2}",
        "~~~",
        "$$",
        "$",
        "#",
        "- ",
        "* ",
        "1. ",
        "> ",
        "| a |",
        "| - |",
        "    ",
        "\t",
        " ",
        "  ",
        "\n",
        "\n\n",
        ":",
        ": ",
        ":alt: x",
        " #",
        "#x",
        "&a",
        "*a",
        "!!str",
        "no",
        "yes",
        "~",
        "null",
        "1e3",
        "0x1F",
        "012",
        "2024-01-01",
        "12:30:45",
        ".5",
        "=",
        "<<",
        "%",
        "@",
        "`",
        "'",
        '"',
        "\\",
        "\\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        "?",
        "|",
        ">",
        "...",
        "\u00a0",
        "\u2028",
        "é",
        "“”",
        "🚢",
        "\u200d",
        "a",
        "b",
        "word",
        "[a]: b",
        "<div>",
        "===",
        "***",
        "{x}",
        "|2",
        ">-",
        "\ufe0f",
        "\U0001f1e6",
    ]
)
ANYTHING = st.text(st.characters(codec="utf-8"), max_size=30)
TEXT = st.lists(NASTY | ANYTHING, min_size=1, max_size=8).map("".join)
LINE = st.lists(NASTY | ANYTHING, min_size=1, max_size=4).map("".join)
SLUG = st.lists(
    st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=6), min_size=1, max_size=3
).map("-".join)
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9999, 9999).map(float)
POINTS = st.floats(min_value=0.001, max_value=1000)
SHARE = st.floats(min_value=0, max_value=1)
UNIT = st.sampled_from(["", "1/s", "GB", "ms", "%"])


def accepted(strategy):
    """Values of a strategy for blocks that the block itself does not refuse."""

    return strategy.filter(lambda block: refusal(block.validate) is None)


def tuples(strategy, least=0, most=3, key=None):
    return st.lists(strategy, min_size=least, max_size=most, unique_by=key).map(tuple)


def by_id(item) -> str:
    return item.id


MARKDOWN = accepted(st.builds(TextBlock, TEXT)).map(lambda block: block.text) | st.just("Plain.")
BLOCK = accepted(
    st.one_of(
        st.builds(TextBlock, TEXT),
        st.builds(DiagramBlock, TEXT, LINE, st.just("") | LINE),
        st.builds(LabBlock, SLUG, st.just("") | SLUG),
        st.builds(CalculatorBlock, SLUG),
        st.builds(QuizBlock, SLUG),
        st.builds(CalloutBlock, st.sampled_from(CALLOUT_KINDS), TEXT, st.just("") | LINE),
        st.builds(RevealBlock, LINE, TEXT),
        st.builds(CodeBlock, st.sampled_from(["", "python", "c++"]), TEXT, st.just("") | LINE),
    )
)
LESSON = st.builds(
    LessonFile,
    id=st.uuids(),
    slug=SLUG,
    title=LINE,
    summary=LINE,
    minutes=st.integers(1, 600),
    free_preview=st.booleans(),
    objectives=tuples(TEXT, 1),
    references=tuples(st.builds(Reference, LINE, st.sampled_from(["", "https://a.org/?b=c#d:"]))),
    blocks=tuples(BLOCK, 0, 5),
)
CHOICE = st.builds(
    ChoiceQuestion,
    id=SLUG,
    kind=st.just("multiple"),
    points=POINTS,
    prompt=MARKDOWN,
    options=tuples(st.builds(Option, SLUG, MARKDOWN, st.just(True), MARKDOWN), 2, 4, by_id),
    explanation=MARKDOWN,
)
NUMERIC = st.builds(
    NumericQuestion,
    id=SLUG,
    points=POINTS,
    prompt=MARKDOWN,
    answer=NUMBER,
    unit=UNIT,
    tolerance=SHARE,
    mistakes=tuples(st.builds(Mistake, NUMBER, MARKDOWN)),
    explanation=MARKDOWN,
)
QUIZ = st.builds(QuizFile, st.uuids(), SLUG, LINE, tuples(CHOICE | NUMERIC, 1, 3, by_id))
TERM = st.sampled_from(["queue|enqueue", "no", "1e3", "a: b", "x, y", "[z]", "'", "ß", "a b"])
CRITERION = st.builds(
    CriterionFile,
    id=SLUG,
    title=LINE,
    points=POINTS,
    statement=TEXT,
    hint=TEXT,
    follow_up=TEXT,
    paraphrases=tuples(TEXT, 1),
    misconceptions=tuples(TEXT),
    groups=tuples(tuples(TERM, 1)),
    numbers=tuples(
        st.builds(
            ExpectedNumber, NUMBER, UNIT, SHARE, scale=st.sampled_from(["relative", "magnitude"])
        )
    ),
)
STAGE = st.builds(
    StageFile,
    id=SLUG,
    title=LINE,
    minutes=st.integers(1, 600),
    prompt=MARKDOWN,
    model_answer=MARKDOWN,
    criteria=tuples(CRITERION, 1, 2, by_id),
)
SCENARIO = st.builds(
    ScenarioFile,
    id=st.uuids(),
    slug=SLUG,
    title=LINE,
    level=st.sampled_from(LEVELS),
    summary=LINE,
    prompt=MARKDOWN,
    stages=tuples(STAGE, 1, 2, by_id),
)
MODULE = st.builds(ModuleFile, st.uuids(), SLUG, LINE, st.lists(SLUG, unique=True).map(tuple))
COURSE = st.builds(
    CourseFile,
    id=st.uuids(),
    slug=SLUG,
    title=LINE,
    summary=LINE,
    description=st.just("") | MARKDOWN,
    modules=tuples(MODULE, 0, 1),
    scenarios=st.lists(SLUG, unique=True, max_size=12).map(tuple),
)
often = settings(deadline=None, max_examples=100)


def survives(value, write, parse, path) -> None:
    """What is written is read as the same value, and is already canonical."""
    try:
        text = write(value)
    except ContentError:
        return
    again = parse(text, path=path)
    assert again == value
    assert write(again) == text


@often
@given(LESSON)
def test_every_lesson_that_can_be_written_is_read_back(lesson):
    survives(lesson, write_lesson, parse_lesson, lesson_path(lesson.slug))


@often
@given(st.lists(BLOCK, max_size=6).map(tuple))
def test_every_sequence_of_valid_blocks_is_read_back(blocks):
    identity = UUID("0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c11")
    lesson = LessonFile(identity, "x", "X", "Y", 1, True, ("Z",), blocks=blocks)
    assert parse_lesson(write_lesson(lesson), path=lesson_path("x")) == lesson


@often
@given(QUIZ)
def test_every_quiz_that_can_be_written_is_read_back(quiz):
    survives(quiz, write_quiz, parse_quiz, quiz_path(quiz.slug))


@often
@given(SCENARIO)
def test_every_scenario_that_can_be_written_is_read_back(scenario):
    survives(scenario, write_scenario, parse_scenario, scenario_path(scenario.slug))


@often
@given(COURSE)
def test_every_course_that_can_be_written_is_read_back(course):
    survives(course, write_course_file, parse_course, "course.yaml")


@often
@given(st.lists(NASTY | ANYTHING, max_size=20).map("".join))
def test_no_text_makes_a_reader_fail_in_any_way_but_its_own(text):
    front = "---\nid: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c11\ntitle: a\n"
    for parse in (parse_lesson, parse_quiz, parse_scenario, parse_course):
        for whole in (text, front + text, f"id: {text}", f"title: |\n  {text}"):
            error = refusal(lambda: parse(whole, path="quizzes/x.yaml"))  # noqa: B023 - called here
            assert error is None or 0 <= error.line <= whole.count("\n") + 2


@often
@given(TEXT)
def test_text_is_either_refused_or_one_block(text):
    error = refusal(TextBlock(text).validate)
    assert error is None or 1 <= error.line <= text.count("\n") + 1
    if error is None:
        survives_between_others(text)


def refusal(act):
    """The error that `act` ends with, or None."""
    try:
        act()
    except (BlockError, ContentError) as error:
        return error
    return None


def survives_between_others(text: str) -> None:
    identity = UUID("0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c11")
    blocks = (LabBlock("x"), TextBlock(text), TextBlock(text), TextBlock("$$\nx\n$$"))
    lesson = LessonFile(identity, "x", "X", "Y", 1, True, ("Z",), blocks=blocks)
    assert parse_lesson(write_lesson(lesson), path=lesson_path("x")) == lesson
