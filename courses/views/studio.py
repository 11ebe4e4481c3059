"""Pages of the studio that Wagtail does not have."""

from collections import Counter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.ui.components import Component

from courses.interchange.characters import MAX_SLUG, is_slug
from courses.models import CoursePage, LessonPage
from courses.ownership import create_course
from courses.views.owned import own_pages


class WhereToBegin(Component):
    """The courses one owns, and how the work goes, on the studio's first page."""

    name = "where-to-begin"
    order = 100
    template_name = "courses/studio/where_to_begin.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Own courses by title, each with the number of its lessons, drafts included."""
        mine = own_pages(self.request.user)
        lessons = LessonPage.objects.filter(pk__in=mine.values("pk"))
        counts = Counter(path.split("/")[2] for path in lessons.values_list("url_path", flat=True))
        courses = CoursePage.objects.filter(pk__in=mine.values("pk")).order_by("title", "pk")
        return {"courses": [(course, counts[course.slug]) for course in courses]}


class NewCourseForm(forms.Form):
    """What a course needs to begin with."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    slug = forms.CharField(
        label=gettext_lazy("Slug"),
        max_length=MAX_SLUG,
        help_text=gettext_lazy(
            "The last part of its address: small letters, digits and single hyphens."
        ),
    )
    summary = forms.CharField(
        label=gettext_lazy("Summary"),
        max_length=500,
        help_text=gettext_lazy("One sentence for the catalogue."),
    )

    def clean_slug(self) -> str:
        """A slug that no course has."""
        slug: str = self.cleaned_data["slug"]
        if not is_slug(slug):
            raise ValidationError(_("Use small letters, digits and single hyphens."))
        if CoursePage.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another course has this slug."))
        return slug


@require_http_methods(["GET", "HEAD", "POST"])
def new_course(request: HttpRequest) -> HttpResponse:
    """Begin a course; whoever begins it is its instructor."""
    form = NewCourseForm(request.POST or None)
    if form.is_valid():
        try:
            course = create_course(instructor=request.user, **form.cleaned_data)
        except ValidationError:
            form.add_error("slug", _("Another course has this slug."))
        else:
            begun = _("“%(title)s” is begun. Add a module with the plus sign, and lessons to it.")
            messages.success(request, begun % {"title": course.title})
            return redirect("wagtailadmin_explore", course.pk)
    return render(request, "courses/studio/new_course.html", {"form": form})
