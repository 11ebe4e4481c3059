"""What the studio checks before it stores a page."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm

from courses import conversion
from courses.interchange import BlockError, ContentError, check_markdown, write_lesson
from courses.interchange.characters import is_slug, normalise_newlines, strip_blank_lines

LONGEST_TITLE = 200


class ContentPageForm(WagtailAdminPageForm):
    """Holds titles and slugs to what the files can say."""

    def clean_title(self) -> str:
        """One line that fits the catalogue."""
        title: str = self.cleaned_data["title"]
        if len(title) > LONGEST_TITLE:
            sentence = _("A title has at most %(most)d characters.")
            raise ValidationError(sentence % {"most": LONGEST_TITLE})
        return title

    def clean_slug(self) -> str:
        """Small letters, digits and hyphens."""
        slug: str = self.cleaned_data["slug"]
        if slug and not is_slug(slug):
            raise ValidationError(_("Use small letters, digits and single hyphens."))
        return slug

    def clean_summary(self) -> str:
        """One line."""
        return re.sub(r"\s*\n\s*", " ", normalise_newlines(self.cleaned_data["summary"]))


class ModulePageForm(ContentPageForm):
    """A module has a title and a slug."""


class CoursePageForm(ContentPageForm):
    """Holds the description to Markdown without directives."""

    def clean_description(self) -> str:
        """Markdown as it is put into the file."""
        text, _skipped = strip_blank_lines(normalise_newlines(self.cleaned_data["description"]))
        if text:
            try:
                check_markdown(text)
            except BlockError as error:
                raise ValidationError(error.reason) from None
        return text


class LessonPageForm(ContentPageForm):
    """Holds a lesson to what its file can say."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        slug = cleaned.get("slug")
        if slug and self.parent_page is not None:
            self.instance.slug = slug
            if sentence := self.instance.slug_problem(self.parent_page.url_path):
                self.add_error("slug", sentence)
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors and not self.is_deferred_validation:
            try:
                write_lesson(conversion.lesson_file(self.instance))
            except ContentError as error:
                self.add_error(None, error.reason)


def publishing_problem(page: Any) -> str:
    """Why a draft cannot be published as it is; empty when it can."""
    try:
        page.full_clean()
        if hasattr(page, "body"):
            page.body.stream_block.clean(page.body)
            write_lesson(conversion.lesson_file(page))
    except ValidationError as error:
        return " ".join(error.messages) or _("A block has a mistake.")
    except ContentError as error:
        return error.reason
    return ""


class ContentCopyForm(CopyForm):
    """Copies are drafts of their own: never aliases, never published at once.

    An alias would be one lesson at two addresses; a published copy would pass by all checks.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("alias", "publish_copies"):
            self.fields.pop(name, None)

    def clean_new_slug(self) -> str:
        """Small letters, digits and hyphens."""
        slug: str = self.cleaned_data["new_slug"]
        if not is_slug(slug):
            raise ValidationError(_("Use small letters, digits and single hyphens."))
        return slug
