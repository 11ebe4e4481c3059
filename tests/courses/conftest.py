"""A small course that uses every feature, on disk and imported."""

from collections.abc import Callable
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest

from accounts.models import User
from courses.imports import import_course
from courses.models import CourseEdition, CoursePage, LessonEdition, LessonPage
from courses.ownership import make_instructor

LESSON = """---
id: {id}
title: {title}
summary: What {title} is about.
minutes: 12
free_preview: {free}
objectives:
  - Say what a breaker is
  - Choose <b>its</b> numbers
references:
  - title: 'A book, "on paper"'
  - title: Another
    url: https://example.org/another
---

Text with *a term*.

## A section

More text.

+++

A second block.

```{{d2}}
:caption: Two boxes
:alt: A box a points at a box b.

a -> b
```

:::{{lab}} circuit-breaker
:::

:::{{calculator}} inference-memory
:::

:::{{callout}} warning
:title: Mind the gap

Careful.
:::

:::{{reveal}} Why?

Because.
:::

```{{code-block}} python
:caption: One line

x = 1
```

:::{{quiz}} {quiz}
:::
"""

QUIZ = """id: {id}
slug: {slug}
title: A quiz
questions:
  - id: one
    kind: single
    points: 1
    prompt: Which?
    options:
      - id: a
        text: This
        correct: true
        explanation: Yes.
      - id: b
        text: That
        correct: false
        explanation: No.
    explanation: So it is.
  - id: two
    kind: numeric
    points: 2
    prompt: How many?
    answer: 4.5
    unit: s
    tolerance: 0.1
    mistakes:
      - value: 9
        explanation: Twice.
    explanation: Half of nine.
"""

SCENARIO = """id: {id}
slug: {slug}
title: A scenario
level: senior
summary: A summary.
prompt: The situation.
stages:
  - id: first
    title: First
    minutes: 5
    prompt: What now?
    model_answer: This.
    criteria:
      - id: says-so
        title: Says so
        points: 2
        statement: The answer says so.
        hint: Think of it.
        follow_up: And then?
        paraphrases:
          - It says so
        misconceptions: []
        groups: []
        numbers: []
"""

COURSE = """id: {id}
slug: {slug}
title: Course {slug}
summary: A course called {slug}.
description: |
  Some *Markdown*.
modules:
  - id: {first}
    slug: first
    title: First module
    lessons: [open, closed]
  - id: {second}
    slug: second
    title: Second module
    lessons: [last]
scenarios: [{slug}-scenario]
"""


def content_id(name: str) -> UUID:
    """The id of a thing in the sample courses."""
    return uuid5(NAMESPACE_URL, name)


def write_sample(directory: Path, slug: str = "sample") -> Path:
    """Write a course of two modules and three lessons; the first is a free preview."""
    texts = {
        "course.yaml": COURSE.format(
            id=content_id(slug),
            slug=slug,
            first=content_id(f"{slug}/first"),
            second=content_id(f"{slug}/second"),
        ),
        f"quizzes/{slug}-quiz.yaml": QUIZ.format(
            id=content_id(f"{slug}-quiz"), slug=f"{slug}-quiz"
        ),
        f"scenarios/{slug}-scenario.yaml": SCENARIO.format(
            id=content_id(f"{slug}-scenario"), slug=f"{slug}-scenario"
        ),
    }
    for name, free in (("open", "true"), ("closed", "false"), ("last", "false")):
        texts[f"lessons/{name}/lesson.md"] = LESSON.format(
            id=content_id(f"{slug}/{name}"), title=f"Lesson {name}", free=free, quiz=f"{slug}-quiz"
        )
    for path, text in texts.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return directory


@pytest.fixture
def sample_directory(tmp_path: Path) -> Path:
    """The sample course as files."""
    return write_sample(tmp_path / "sample")


@pytest.fixture
def sample(db: None, sample_directory: Path) -> CoursePage:
    """The sample course, imported."""
    import_course(directory=sample_directory)
    return CoursePage.objects.get(slug="sample")


@pytest.fixture
def foreign(db: None, tmp_path: Path) -> CoursePage:
    """A course that Barbara does not own."""
    import_course(directory=write_sample(tmp_path / "foreign", "foreign"))
    return CoursePage.objects.get(slug="foreign")


@pytest.fixture
def owned(sample: CoursePage, instructor_user: User) -> CoursePage:
    """The sample course, which Barbara owns."""
    make_instructor(user=instructor_user, course_slug="sample")
    return sample


@pytest.fixture
def lesson_page(sample: CoursePage) -> LessonPage:
    """The free lesson of the sample course."""
    return LessonPage.objects.get(slug="open")


@pytest.fixture
def big_course(db: None) -> Callable[[int], CourseEdition]:
    """A function that makes the editions of a course with many lessons."""
    return make_editions


def make_editions(count: int, slug: str = "big") -> CourseEdition:
    """Editions of a course with `count` lessons, without pages."""
    ids = [content_id(f"{slug}/{number}") for number in range(count)]
    LessonEdition.objects.bulk_create(
        LessonEdition(
            content_id=ids[number],
            number=1,
            course_slug=slug,
            slug=f"lesson-{number}",
            module="Module",
            title=f"Lesson {number}",
            summary="Summary.",
            minutes=5,
            free_preview=number == 0,
            html="<p>Text.</p>",
            renderer="1",
            fingerprint="-",
        )
        for number in range(count)
    )
    lessons = [
        {
            "content_id": str(ids[number]),
            "slug": f"lesson-{number}",
            "title": f"Lesson {number}",
            "summary": "Summary.",
            "minutes": 5,
            "free": number == 0,
            "labs": 0,
        }
        for number in range(count)
    ]
    return CourseEdition.objects.create(
        content_id=content_id(slug),
        number=1,
        course_slug=slug,
        title="Big",
        summary="Many lessons.",
        renderer="1",
        outline=[{"slug": "module", "title": "Module", "lessons": lessons}],
    )
