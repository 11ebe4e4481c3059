"""Lessons as text: what is written is read back, and what is wrong is named with its line."""

from uuid import UUID

import pytest

from courses.interchange import (
    BlockError,
    CalculatorBlock,
    CalloutBlock,
    CodeBlock,
    ContentError,
    DiagramBlock,
    LabBlock,
    LessonFile,
    QuizBlock,
    Reference,
    RevealBlock,
    TextBlock,
    lesson_blocks,
    parse_lesson,
    write_lesson,
)

PATH = "lessons/circuit-breaker/lesson.md"
FRONT = """---
id: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c11
title: Circuit breaker
summary: A switch that spares a failing service.
minutes: 18
free_preview: true
objectives:
  - Say what the three states mean
references:
  - title: 'Michael Nygard, "Release It!"'
    url: https://pragprog.com/titles/mnee2/
---
"""
BODY = """
## Why

Calls *pile up*.

```{d2}
:caption: The three states
:alt: Closed goes to open.

closed -> open
```

:::{lab} circuit-breaker
:preset: hystrix
:::

:::{calculator} inference-memory
:::

:::{quiz} circuit-breaker-basics
:::

:::{callout} warning
:title: Envoy means something else

Its breaker is a *limit*.
:::

:::{reveal} Why did it not open?

Too few calls.
:::

```{code-block} python
:caption: Nothing much

pass
```

One.

+++

Two.
"""
BLOCKS = (
    TextBlock("## Why\n\nCalls *pile up*."),
    DiagramBlock("closed -> open", "Closed goes to open.", "The three states"),
    LabBlock("circuit-breaker", "hystrix"),
    CalculatorBlock("inference-memory"),
    QuizBlock("circuit-breaker-basics"),
    CalloutBlock("warning", "Its breaker is a *limit*.", "Envoy means something else"),
    RevealBlock("Why did it not open?", "Too few calls."),
    CodeBlock("python", "pass", "Nothing much"),
    TextBlock("One."),
    TextBlock("Two."),
)


def lesson(*blocks) -> LessonFile:
    return LessonFile(
        id=UUID("0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c11"),
        slug="circuit-breaker",
        title="Circuit breaker",
        summary="A switch that spares a failing service.",
        minutes=18,
        free_preview=True,
        objectives=("Say what the three states mean",),
        references=(
            Reference('Michael Nygard, "Release It!"', "https://pragprog.com/titles/mnee2/"),
        ),
        blocks=blocks,
    )


def only_block(source: str):
    (block,) = parse_lesson(f"{FRONT}\n{source}\n", path=PATH).blocks
    return block


def refused(body: str) -> ContentError:
    with pytest.raises(ContentError) as caught:
        parse_lesson(f"{FRONT}\n{body}\n", path=PATH)
    return caught.value


def test_a_lesson_with_every_kind_of_block_is_read():
    assert parse_lesson(FRONT + BODY, path=PATH) == lesson(*BLOCKS)


def test_writing_a_lesson_gives_the_canonical_text():
    # The reference needs no quotes in YAML: its quotation marks do not begin it.
    canonical = FRONT.replace("'Michael Nygard, \"Release It!\"'", 'Michael Nygard, "Release It!"')
    assert write_lesson(lesson(*BLOCKS)) == canonical + BODY


def test_windows_line_ends_are_read_like_any_other():
    text = (FRONT + BODY).replace("\n", "\r\n")
    assert parse_lesson(text, path=PATH) == lesson(*BLOCKS)


def test_blocks_know_the_line_of_the_file_they_begin_on():
    text = FRONT + BODY
    lines = text.split("\n")
    located = lesson_blocks(text, path=PATH)
    assert [lines[item.line - 1] for item in located][:3] == [
        "## Why",
        "```{d2}",
        ":::{lab} circuit-breaker",
    ]


def test_a_directive_inside_a_fence_is_text():
    text = "````markdown\n:::{lab} x\n:::\n\n+++\n````"
    assert only_block(text) == TextBlock(text)


def test_a_callout_that_shows_a_directive_gets_a_longer_fence():
    block = CalloutBlock("tip", "Write it so:\n\n```text\n:::{lab} x\n:::\n```")
    assert block.source().startswith("::::{callout} tip\n")
    assert only_block(block.source()) == block


def test_code_that_shows_a_fence_gets_longer_backticks():
    block = CodeBlock("markdown", "````python\npass\n````")
    assert block.source().startswith("`````{code-block} markdown\n")
    assert only_block(block.source()) == block


def test_code_that_looks_like_an_option_stays_code():
    block = CodeBlock("yaml", ":caption: not a caption\n\nx: 1")
    assert only_block(block.source()) == block


def test_a_line_of_plus_signs_inside_a_paragraph_separates_two_blocks():
    parsed = parse_lesson(f"{FRONT}\nOne.\n+++\nTwo.\n", path=PATH)
    assert parsed.blocks == (TextBlock("One."), TextBlock("Two."))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty"),
        ("\nA", "blank line"),
        ("A\n ", "blank line"),
        ("A\n\n:::{lab} x\n:::", "directive"),
        ("A\n\n+++\n\nB", "block break"),
        ("+++", "block break"),
        ("# Title", "first-level"),
        ("Title\n=====", "first-level"),
        ("```python\npass", "never closed"),
        ("- a\n\n  :::{lab} x\n  :::", "stand by itself"),
        ("> ```{d2}\n> a -> b\n> ```", "stand by itself"),
        ("A\x00B", "U+0000"),
        ("A\rB", "U+000D"),
        ("A\ud800", "U+D800"),
        ("A" * 50_001, "50001 characters"),
    ],
)
def test_text_that_would_be_read_as_something_else_is_refused(text, sentence):
    with pytest.raises(BlockError, match=sentence.replace("+", r"\+")):
        TextBlock(text).validate()


@pytest.mark.parametrize(
    "text",
    [
        "    indented code",
        "$$\nx",
        "- list\n\n  with a paragraph",
        "| a |\n| - |\n| 1 |",
        "[ref]: https://example.org",
        "ends with two blanks  ",
        "a\n\n---\n\nb",
        "~~~\n+++\n~~~",
    ],
)
def test_text_that_stays_itself_is_accepted_and_kept_to_the_letter(text):
    TextBlock(text).validate()
    twice = lesson(TextBlock(text), TextBlock(text), LabBlock("x"), TextBlock(text))
    assert parse_lesson(write_lesson(twice), path=PATH) == twice


@pytest.mark.parametrize(
    ("body", "line", "sentence"),
    [
        (":::{lab} circuit-breaker", 14, "never closed"),
        ("A\n\n```{d2}\na -> b\n```", 16, ":alt:"),
        ("```{d2} x\n:alt: a\n\na\n```", 14, "takes nothing"),
        ("```{d2}\n:alt: a\n```", 14, "no content"),
        ("```{d2}\n:alt: a\n:alt: b\n\na\n```", 16, "twice"),
        ("```{d2}\n:alt: a\n:height: b\n\na\n```", 16, "no option “height”"),
        (":::{lab} Circuit Breaker\n:::", 14, "slug"),
        (":::{lab} x\n:preset: A B\n:::", 15, "preset"),
        (":::{lab} x\n\nText\n:::", 16, "options only"),
        (":::{quiz}\n:::", 14, "slug"),
        (":::{callout} danger\n\nx\n:::", 14, "note, tip, warning"),
        (":::{callout} note\n\n# x\n:::", 16, "first-level"),
        ("::::{callout} note\n:title: T\n\nx\n\n:::{lab} y\n:::\n::::", 19, "directive"),
        (":::{reveal}\n\nx\n:::", 14, "question or title"),
        ("```{code-block} a b\n\nx\n```", 14, "language"),
        ("```{python}\nx\n```", 14, "no directive “python”"),
        (":::note\nx\n:::", 14, "braces"),
        ("A\n\n# B", 16, "first-level"),
        ("A\n\n```python\nB", 16, "never closed"),
        ("A\n\nB\x07", 16, "U+0007"),
    ],
)
def test_a_mistake_in_the_body_is_named_with_its_line(body, line, sentence):
    error = refused(body)
    assert (error.path, error.line) == (PATH, line)
    assert sentence in error.reason
    assert str(error) == f"{PATH}:{line}: {error.reason}"


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("---\nid", "id", 1, "begins with"),
        ("mnee2/\n---", "mnee2/\n", 1, "not closed"),
        ("title: Circuit breaker\n", "", 2, "“title” is missing"),
        ("title: Circuit breaker", "title:", 3, "“title” must be text"),
        ("title: Circuit breaker", "title: [a]", 3, "“title” must be"),
        ("title: Circuit breaker", f"title: {'x' * 201}", 3, "one line"),
        ("minutes: 18", "minutes: soon", 5, "whole number"),
        ("minutes: 18", "minutes: 0", 5, "1 to 600"),
        ("minutes: 18", "minutes: '18'", 5, "whole number"),
        ("free_preview: true", "free_preview: yes", 6, "true or false"),
        ("free_preview: true", "free: true", 6, "no key “free”"),
        ("free_preview: true", "title: Again", 6, "given twice"),
        ("11\n", "1x\n", 2, "UUID"),
        ("  - Say what the three states mean", "  []", 8, "1 or more"),
        ("  - Say what the three states mean", "  - a: b", 8, "“objectives” must be text"),
        ("https://pragprog", "ftp://pragprog", 11, "https://"),
        ("    url:", "    link:", 11, "no key “link”"),
        ("title: Circuit breaker", "title: &a Circuit", 3, "Anchors"),
        ("title: Circuit breaker", "title: *a", 3, "Anchors"),
        ("title: Circuit breaker", "title: !!str x", 3, "Tags"),
        ("title: Circuit breaker", "title: a: b", 3, "not valid YAML"),
        ("title: Circuit breaker", "? [a]\n: b", 3, "key must be a word"),
        ("title: Circuit breaker", "title: " + "[" * 20 + "]" * 20, 3, "too deeply"),
    ],
)
def test_a_mistake_in_the_front_matter_is_named_with_its_line(old, new, line, sentence):
    text = (FRONT + BODY).replace(old, new, 1)
    assert text != FRONT + BODY
    with pytest.raises(ContentError, match=sentence) as caught:
        parse_lesson(text, path=PATH)
    assert caught.value.line == line


def test_front_matter_may_leave_out_what_has_a_default():
    text = FRONT.replace("free_preview: true\n", "")
    text = text[: text.index("references:")] + "---\n"
    parsed = parse_lesson(text, path=PATH)
    assert (parsed.free_preview, parsed.references, parsed.blocks) == (False, (), ())


@pytest.mark.parametrize(
    "block",
    [
        TextBlock("\nA"),
        LabBlock("No Slug"),
        LabBlock("x", "a\n:::"),
        CalloutBlock("note", "A", title="two\nlines"),
        CalloutBlock("note", "A", title=" padded"),
        CalloutBlock("note", ""),
        CalloutBlock("danger", "A"),
        RevealBlock("", "A"),
        RevealBlock("A", ":::{lab} x\n:::"),
        DiagramBlock("a", ""),
        DiagramBlock("a\n", "alt"),
        CodeBlock("python", "x\n\n"),
        CodeBlock("py thon", "x"),
        CodeBlock("python", "x", caption="a\nb"),
    ],
)
def test_a_block_that_would_not_be_read_back_is_never_written(block):
    with pytest.raises(BlockError):
        block.validate()
    with pytest.raises(ContentError):
        write_lesson(lesson(block))


def test_a_lesson_longer_than_the_limit_is_refused():
    with pytest.raises(ContentError, match="more than"):
        parse_lesson(FRONT + "A" * 200_000, path=PATH)
