"""Whole courses: read from a directory under caps, checked for references, written in place."""

import hashlib
import os
from pathlib import Path

import pytest

from courses.interchange import (
    ContentError,
    CourseBundle,
    KnownSlugs,
    check_references,
    lesson_source,
    read_course,
    read_files,
    write_course,
)

COURSE = """id: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c13
slug: patterns
title: Patterns
summary: One sentence.
description: ''
modules:
  - id: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c14
    slug: resilience
    title: Resilience
    lessons: [retry, breaker]
scenarios: [payment-path]
"""
LESSON = """---
id: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c2{n}
title:   Not canonical
summary: One sentence.
minutes: 5
objectives: [Read]
---

:::{{lab}} retry-storm
:preset: aws-sdk
:::

:::{{calculator}} memory
:preset: llama
:::

:::{{quiz}} basics
:::
"""
QUIZ = """id: 0b0e0c5e-0d0f-4a5e-9a53-0b6d5a1f7c30
slug: basics
title: Basics
questions:
  - id: one
    kind: numeric
    points: 1
    prompt: How many?
    answer: 1
    tolerance: 0
    explanation: One.
"""
KNOWN = KnownSlugs(
    labs={"retry-storm": ["aws-sdk"]},
    calculators={"memory": ["llama"]},
    scenarios=["payment-path"],
)


def files() -> dict[str, bytes]:
    return {
        "course.yaml": COURSE.encode(),
        "lessons/breaker/lesson.md": LESSON.format(n=1).encode(),
        "lessons/retry/lesson.md": LESSON.format(n=2).encode(),
        "quizzes/basics.yaml": QUIZ.encode(),
    }


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    root = tmp_path / "patterns"
    for name, data in files().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def refused(changed: dict[str, bytes]) -> ContentError:
    with pytest.raises(ContentError) as caught:
        read_files(changed)
    return caught.value


def on_disk(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_lessons_come_in_the_order_of_the_modules(directory):
    bundle = read_course(directory)
    assert [lesson.value.slug for lesson in bundle.lessons] == ["retry", "breaker"]


def test_every_file_keeps_its_exact_text_and_its_hash(directory):
    bundle = read_course(directory)
    assert {path: text.encode() for path, text in bundle.sources().items()} == files()
    assert bundle.course.digest == hashlib.sha256(COURSE.encode()).hexdigest()


def test_what_was_read_is_written_to_the_byte(directory, tmp_path):
    other = tmp_path / "deeper" / "copy"
    assert write_course(read_course(directory), other) == sorted(files())
    assert on_disk(other) == files()
    assert [path.name for path in other.parent.iterdir()] == ["copy"]


def test_line_ends_of_windows_survive_a_round_trip(tmp_path):
    windows = {path: data.replace(b"\n", b"\r\n") for path, data in files().items()}
    bundle = read_files(windows)
    assert bundle.lessons[0].value == read_files(files()).lessons[0].value
    write_course(bundle, tmp_path / "copy")
    assert on_disk(tmp_path / "copy") == windows


def test_writing_touches_only_what_changed(directory):
    bundle = read_course(directory)
    untouched = directory / "quizzes/basics.yaml"
    before = untouched.stat()
    edited = lesson_source(bundle.lessons[0].value)
    changed = CourseBundle(bundle.course, (edited, bundle.lessons[1]), bundle.quizzes)
    assert write_course(changed, directory) == ["lessons/retry/lesson.md"]
    assert (directory / "lessons/retry/lesson.md").read_text() == edited.source
    assert (untouched.stat().st_mtime_ns, untouched.stat().st_ino) == (
        before.st_mtime_ns,
        before.st_ino,
    )


def test_writing_removes_what_the_course_no_longer_has_and_keeps_what_is_not_ours(directory):
    (directory / "README.md").write_text("Ours to keep")
    bundle = read_course(directory)
    smaller = CourseBundle(bundle.course, bundle.lessons)
    assert write_course(smaller, directory) == ["quizzes/basics.yaml"]
    assert "quizzes/basics.yaml" not in on_disk(directory)
    assert (directory / "README.md").read_text() == "Ours to keep"


def test_a_failure_while_writing_leaves_the_old_files(directory, monkeypatch):
    bundle = read_course(directory)
    edited = tuple(lesson_source(lesson.value) for lesson in bundle.lessons)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("courses.interchange.directory.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_course(CourseBundle(bundle.course, edited, bundle.quizzes), directory)
    assert on_disk(directory) == files()
    assert [path.name for path in directory.parent.iterdir()] == [directory.name]


def test_files_that_are_no_part_of_the_format_are_reported(directory):
    (directory / "notes.txt").write_text("x")
    (directory / "lessons/retry/picture.png").write_bytes(b"\x89PNG")
    (directory / ".git").mkdir()
    (directory / ".git/config").write_text("x")
    assert read_course(directory).ignored == ("lessons/retry/picture.png", "notes.txt")


@pytest.mark.parametrize("name", ["quizzes/basics.yaml", "lessons/retry/lesson.md", "notes.txt"])
def test_a_link_is_refused_wherever_it_leads(directory, tmp_path, name):
    (tmp_path / "secret").write_text("secret")
    (directory / name).unlink(missing_ok=True)
    (directory / name).symlink_to(tmp_path / "secret")
    with pytest.raises(ContentError, match="Links are not followed"):
        read_course(directory)


def test_a_link_to_a_directory_is_refused_and_nothing_is_written_through_it(directory, tmp_path):
    bundle = read_course(directory)
    outside = tmp_path / "outside"
    outside.mkdir()
    other = tmp_path / "other"
    other.mkdir()
    (other / "lessons").symlink_to(outside)
    with pytest.raises(ContentError, match="Links are not followed"):
        write_course(bundle, other)
    assert list(outside.iterdir()) == []


def test_a_pipe_in_place_of_a_file_does_not_hang_the_import(directory):
    (directory / "quizzes/basics.yaml").unlink()
    os.mkfifo(directory / "quizzes/basics.yaml")
    with pytest.raises(ContentError, match="not an ordinary file"):
        read_course(directory)


def test_a_file_larger_than_the_limit_is_refused(directory):
    (directory / "course.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ContentError, match="larger than") as caught:
        read_course(directory)
    assert caught.value.path == "course.yaml"


def test_too_many_files_are_refused(directory, monkeypatch):
    monkeypatch.setattr("courses.interchange.directory.MAX_FILES", 3)
    with pytest.raises(ContentError, match="too many files"):
        read_course(directory)


def test_a_directory_that_does_not_exist_gets_a_sentence(tmp_path):
    with pytest.raises(ContentError, match="no such directory"):
        read_course(tmp_path / "nothing")


def test_a_course_without_its_file_is_refused():
    changed = files()
    del changed["course.yaml"]
    assert str(refused(changed)) == "course.yaml: The file is missing."


def test_a_listed_lesson_must_exist():
    changed = files()
    del changed["lessons/retry/lesson.md"]
    assert "lessons/retry/lesson.md does not exist" in refused(changed).reason


def test_a_lesson_must_be_listed():
    changed = files()
    changed["lessons/extra/lesson.md"] = LESSON.format(n=3).encode()
    error = refused(changed)
    assert (error.path, error.reason) == (
        "lessons/extra/lesson.md",
        "No module in course.yaml lists this lesson.",
    )


def test_two_objects_cannot_have_the_same_id():
    changed = files()
    changed["lessons/retry/lesson.md"] = changed["lessons/breaker/lesson.md"]
    assert "is used in lessons/retry/lesson.md too" in refused(changed).reason


def test_bytes_that_are_not_utf_8_are_named_with_their_line():
    changed = files()
    changed["quizzes/basics.yaml"] = QUIZ.encode().replace(b"Basics", b"B\xe4sics")
    error = refused(changed)
    assert (error.path, error.line) == ("quizzes/basics.yaml", 3)


def test_all_references_of_a_good_course_lead_somewhere():
    assert check_references(read_files(files()), KNOWN) == []


def test_each_reference_that_leads_nowhere_is_named_with_its_line():
    changed = files()
    del changed["quizzes/basics.yaml"]
    changed["lessons/breaker/lesson.md"] = (
        LESSON.format(n=1).replace("aws-sdk", "polly").replace("llama", "gpt").encode()
    )
    errors = check_references(read_files(changed), KnownSlugs(KNOWN.labs, KNOWN.calculators))
    assert [str(error) for error in errors] == [
        "course.yaml: There is no scenario “payment-path”.",
        "lessons/retry/lesson.md:17: There is no quiz “basics”.",
        "lessons/breaker/lesson.md:9: “retry-storm” has no preset “polly”; it has aws-sdk.",
        "lessons/breaker/lesson.md:13: “memory” has no preset “gpt”; it has llama.",
        "lessons/breaker/lesson.md:17: There is no quiz “basics”.",
    ]


def test_unknown_labs_and_calculators_are_named():
    reasons = [error.reason for error in check_references(read_files(files()), KnownSlugs())]
    assert "There is no lab “retry-storm”." in reasons
    assert "There is no calculator “memory”." in reasons
