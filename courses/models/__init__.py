"""What the courses app stores: pages for authors, editions for readers."""

from courses.models.editions import CourseEdition, LessonEdition
from courses.models.pages import (
    CourseIndexPage,
    CoursePage,
    LessonPage,
    ModulePage,
    new_content_id,
)

__all__ = [
    "CourseEdition",
    "CourseIndexPage",
    "CoursePage",
    "LessonEdition",
    "LessonPage",
    "ModulePage",
    "new_content_id",
]
