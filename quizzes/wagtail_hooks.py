"""What quizzes add to the studio."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Collection
from wagtail.permission_policies.collections import CollectionPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from quizzes.models import Attempt, Quiz
from quizzes.owned import owned_menu_items
from quizzes.studio import DeleteQuizzes, QuizViewSet

register_permission_policy(Quiz, CollectionPermissionPolicy(Quiz))
register_snippet(QuizViewSet)
hooks.register("register_bulk_action", fn=DeleteQuizzes, order=100)


@hooks.register("register_snippet_action_menu_item")
def publish_item(model: type[Model]) -> ActionMenuItem | None:
    """Let instructors publish in their own collections."""
    return owned_menu_items()[0] if model is Quiz else None


@hooks.register("register_snippet_action_menu_item")
def unpublish_item(model: type[Model]) -> ActionMenuItem | None:
    """Let instructors take back what is in their own collections."""
    return owned_menu_items()[1] if model is Quiz else None


@hooks.register("before_delete_snippet")
def keep_what_was_answered(request: HttpRequest, instances: list[Any]) -> HttpResponse | None:
    """A quiz that somebody has begun stays: what learners did is never deleted with it."""
    quizzes = [instance for instance in instances if isinstance(instance, Quiz)]
    begun = Attempt.objects.filter(quiz__in=quizzes).select_related("quiz").first()
    if begun is None:
        return None
    sentence = _("Learners have taken “%(title)s”, so it stays. Unpublish it instead.")
    messages.error(request, sentence % {"title": begun.quiz.title})
    return redirect(QuizViewSet().get_url_name("list"))


@hooks.register("describe_collection_contents")
def quizzes_in(collection: Collection) -> dict[str, Any] | None:
    """A collection with quizzes is not empty, so Wagtail does not delete it."""
    count = Quiz.objects.filter(collection=collection).count()
    if not count:
        return None
    text = ngettext("%(count)s quiz", "%(count)s quizzes", count) % {"count": count}
    address = reverse("wagtailsnippets_quizzes_quiz:list")
    return {"count": count, "count_text": text, "url": f"{address}?collection={collection.pk}"}
