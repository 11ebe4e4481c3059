"""How the projections follow from the log: one function for each verb, used live and to rebuild."""

from collections.abc import Callable

from django.db.models import F

from progress.models import COUNTING, ActiveDay, Activity, CourseState, QuizResult, Verb, day_of


def project(activity: Activity) -> None:
    """Bring the projections up to date with one more activity."""
    if handler := _HANDLERS.get(Verb(activity.verb)):
        handler(activity)
    if activity.verb in COUNTING:
        day, _created = ActiveDay.objects.get_or_create(
            learner_id=activity.learner_id, day=day_of(activity)
        )
        ActiveDay.objects.filter(pk=day.pk).update(count=F("count") + 1)


def _lesson_opened(activity: Activity) -> None:
    data = activity.data
    CourseState.objects.bulk_create(
        [
            CourseState(
                learner_id=activity.learner_id,
                course_slug=data["course"],
                last_lesson=data["lesson"],
                last_path=data["path"],
                last_title=data["title"],
                last_at=activity.at,
            )
        ],
        update_conflicts=True,
        unique_fields=["learner", "course_slug"],
        update_fields=["last_lesson", "last_path", "last_title", "last_at"],
    )


def _lesson_done(activity: Activity) -> None:
    state, _created = CourseState.objects.select_for_update().get_or_create(
        learner_id=activity.learner_id, course_slug=activity.data["course"]
    )
    state.done.setdefault(activity.data["lesson"], activity.at.isoformat())
    state.save(update_fields=["done"])


def _quiz_finished(activity: Activity) -> None:
    result, _created = QuizResult.objects.select_for_update().get_or_create(
        learner_id=activity.learner_id, quiz=activity.data["quiz"]
    )
    result.attempts += 1
    result.title = activity.data["title"]
    if _share(activity.data) > _share({"points": result.points, "max": result.max_points}):
        result.points, result.max_points = activity.data["points"], activity.data["max"]
    result.max_points = result.max_points or activity.data["max"]
    result.save()


def _share(data: dict[str, float]) -> float:
    return data["points"] / data["max"] if data["max"] else 0.0


_HANDLERS: dict[Verb, Callable[[Activity], None]] = {
    Verb.LESSON_OPENED: _lesson_opened,
    Verb.LESSON_DONE: _lesson_done,
    Verb.QUIZ_FINISHED: _quiz_finished,
}
