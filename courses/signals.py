"""News from courses."""

from django.dispatch import Signal

# Somebody was shown a lesson. Arguments: request, edition (LessonEdition, shared between
# requests: never change it), learner (accounts.Learner; None for a visitor who has done nothing).
lesson_opened = Signal()

# A course, module or lesson page was deleted. Arguments: course_slug, url_path (that it had).
content_removed = Signal()
