"""Any course that can be a file goes through the database unchanged."""

import tempfile
from pathlib import Path

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.exports import export_course
from courses.imports import import_course
from courses.interchange import (
    Block,
    CalculatorBlock,
    CalloutBlock,
    CodeBlock,
    CourseBundle,
    CourseFile,
    LabBlock,
    LessonFile,
    ModuleFile,
    QuizBlock,
    Reference,
    RevealBlock,
    TextBlock,
    course_source,
    lesson_source,
    parse_quiz,
    quiz_source,
    write_course,
)
from tests.courses.conftest import QUIZ, content_id
from tests.courses.test_interchange_round_trip import MARKDOWN

WORDS = st.text("abc é“”–:#'\"\\{}[]<>&|*_`0-=+%,.?!", min_size=1, max_size=30).map(
    lambda text: f"a{text}z"
)
PASSAGE = MARKDOWN
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    PASSAGE.map(TextBlock),
    st.sampled_from(["", "polly"]).map(lambda preset: LabBlock("circuit-breaker", preset)),
    st.just(CalculatorBlock("inference-memory")),
    st.just(QuizBlock("trip-quiz")),
    st.builds(CalloutBlock, st.sampled_from(["note", "tip", "warning"]), PASSAGE, WORDS),
    st.builds(RevealBlock, WORDS, PASSAGE),
    st.builds(CodeBlock, st.sampled_from(["", "python"]), PASSAGE, st.just("") | WORDS),
)


def lesson(slug: str) -> st.SearchStrategy[LessonFile]:
    return st.builds(
        LessonFile,
        id=st.just(content_id(f"trip/{slug}")),
        slug=st.just(slug),
        title=WORDS,
        summary=WORDS,
        minutes=st.integers(1, 600),
        free_preview=st.booleans(),
        objectives=st.lists(WORDS, min_size=1, max_size=3).map(tuple),
        references=st.lists(
            st.builds(Reference, WORDS, st.sampled_from(["", "https://example.org/a?b=c#d"])),
            max_size=2,
        ).map(tuple),
        blocks=st.lists(BLOCKS, max_size=5).map(tuple),
    )


@st.composite
def bundles(draw: st.DrawFn) -> CourseBundle:
    slugs = [f"lesson-{number}" for number in range(draw(st.integers(0, 3)))]
    cut = draw(st.integers(0, len(slugs)))
    modules = (("one", slugs[:cut]), ("two", slugs[cut:]))
    course = CourseFile(
        id=content_id("trip"),
        slug="trip",
        title=draw(WORDS),
        summary=draw(WORDS),
        description=draw(st.just("") | PASSAGE),
        modules=tuple(
            ModuleFile(content_id(f"trip/{slug}"), slug, draw(WORDS), tuple(lessons))
            for slug, lessons in modules
        ),
    )
    quiz = QUIZ.format(id=content_id("trip-quiz"), slug="trip-quiz")
    return CourseBundle(
        course=course_source(course),
        lessons=tuple(lesson_source(draw(lesson(slug))) for slug in slugs),
        quizzes=(quiz_source(parse_quiz(quiz, path="quizzes/trip-quiz.yaml"), quiz),),
    )


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(bundles())
def test_what_is_imported_is_exported_byte_for_byte(db: None, bundle: CourseBundle) -> None:
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        source, target = Path(folder) / "in", Path(folder) / "out"
        write_course(bundle, source)
        import_course(directory=source)
        assert import_course(directory=source).changed_nothing
        export_course(slug="trip", directory=target)
        for path, text in bundle.sources().items():
            assert (target / path).read_text() == text
        transaction.set_rollback(True)
