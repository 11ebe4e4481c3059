"""Between what the studio stores and the interchange form: values only, no files."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from courses.interchange import (
    Block,
    CalculatorBlock,
    CalloutBlock,
    CodeBlock,
    CourseFile,
    DiagramBlock,
    LabBlock,
    LessonFile,
    ModuleFile,
    QuizBlock,
    Reference,
    RevealBlock,
    TextBlock,
)
from courses.interchange.blocks import CalloutKind

if TYPE_CHECKING:
    from courses.models import CoursePage, LessonPage, ModulePage


def block_from_value(kind: str, value: Any) -> Block:
    """The interchange block for a studio block called `kind`; `value` as Wagtail holds it."""
    if kind == "text":
        return TextBlock(value)
    fields = {name: value.get(name) or "" for name in value}
    match kind:
        case "diagram":
            return DiagramBlock(fields["text"], fields["alt"], fields["caption"])
        case "lab":
            return LabBlock(fields["slug"], fields["preset"])
        case "calculator":
            return CalculatorBlock(fields["slug"], fields["preset"])
        case "quiz":
            return QuizBlock(fields["slug"])
        case "callout":
            style = cast("CalloutKind", fields["style"])
            return CalloutBlock(style, fields["text"], fields["title"])
        case "code":
            return CodeBlock(fields["language"], fields["text"], fields["caption"])
        case "reveal":
            return RevealBlock(fields["title"], fields["text"])
    raise KeyError(kind)


def value_from_block(block: Block) -> tuple[str, Any]:
    """The studio's name and value of an interchange block."""
    match block:
        case TextBlock(text):
            return "text", text
        case DiagramBlock(text, alt, caption):
            return "diagram", {"text": text, "alt": alt, "caption": caption}
        case LabBlock(slug, preset):
            return "lab", {"slug": slug, "preset": preset}
        case CalculatorBlock(slug, preset):
            return "calculator", {"slug": slug, "preset": preset}
        case QuizBlock(slug):
            return "quiz", {"slug": slug}
        case CalloutBlock(style, text, title):
            return "callout", {"style": style, "title": title, "text": text}
        case CodeBlock(language, text, caption):
            return "code", {"language": language, "text": text, "caption": caption}
        case RevealBlock(title, text):
            return "reveal", {"title": title, "text": text}


def lesson_blocks_of(page: "LessonPage") -> tuple[Block, ...]:
    """The blocks of a lesson's body."""
    return tuple(block_from_value(child.block_type, child.value) for child in page.body)


def lesson_file(page: "LessonPage") -> LessonFile:
    """What the file of this lesson says."""
    return LessonFile(
        id=page.content_id,
        slug=page.slug,
        title=page.title,
        summary=page.summary,
        minutes=page.minutes,
        free_preview=page.free_preview,
        objectives=tuple(child.value for child in page.objectives),
        references=tuple(
            Reference(child.value["title"], child.value["url"] or "") for child in page.references
        ),
        blocks=lesson_blocks_of(page),
    )


def fill_lesson(page: "LessonPage", file: LessonFile) -> None:
    """Make the page say what the file says; nothing is stored."""
    page.content_id = file.id
    page.slug = file.slug
    page.title = page.draft_title = file.title
    page.summary = file.summary
    page.minutes = file.minutes
    page.free_preview = file.free_preview
    page.objectives = [("objective", text) for text in file.objectives]
    page.references = [
        ("reference", {"title": reference.title, "url": reference.url})
        for reference in file.references
    ]
    page.body = [value_from_block(block) for block in file.blocks]


def course_file(
    page: "CoursePage", modules: Iterable[tuple["ModulePage", Iterable[str]]]
) -> CourseFile:
    """What the file of this course says; `modules` come with the slugs of their lessons."""
    return CourseFile(
        id=page.content_id,
        slug=page.slug,
        title=page.title,
        summary=page.summary,
        description=page.description,
        modules=tuple(
            ModuleFile(module.content_id, module.slug, module.title, tuple(lessons))
            for module, lessons in modules
        ),
        scenarios=scenario_slugs(page),
    )


def fill_course(page: "CoursePage", file: CourseFile) -> None:
    """Make the page say what the file says, but for its modules; nothing is stored."""
    page.content_id = file.id
    page.slug = file.slug
    page.title = page.draft_title = file.title
    page.summary = file.summary
    page.description = file.description
    page.scenarios = [("scenario", slug) for slug in file.scenarios]


def scenario_slugs(page: "CoursePage") -> tuple[str, ...]:
    """The interviews that belong to a course."""
    return tuple(child.value for child in page.scenarios)
