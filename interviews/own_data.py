"""Everything interviews keep about one learner, for the copy of one's own data."""

from typing import Any

from django.db.models import Prefetch

from accounts.models import Learner
from interviews.models import Answer, Grade, Grading, Interview, KeptText, ModelCall

type Data = dict[str, Any]


def own_data(learner: Learner) -> list[Data]:
    """The learner's interviews with all that was written and judged, oldest first.

    The number of queries does not depend on how much there is. What graders said in a strict
    interview that still runs is left out: it would end the interview's sense.
    """
    answers = Answer.objects.order_by("opened_at", "pk").prefetch_related(
        Prefetch("grades", Grade.objects.order_by("pk").prefetch_related("appeals")),
        Prefetch("kept_texts", KeptText.objects.order_by("pk")),
        Prefetch("gradings", Grading.objects.order_by("pk")),
        Prefetch("gradings__model_calls", ModelCall.objects.order_by("pk")),
    )
    interviews = Interview.objects.filter(learner=learner.pk).order_by("pk")
    rows = interviews.select_related("edition").prefetch_related(Prefetch("answers", answers))
    return [_interview(one) for one in rows]


def _interview(interview: Interview) -> Data:
    is_told = interview.finished_at is not None or not interview.is_strict
    return {
        "scenario": interview.edition.title,
        "mode": interview.mode,
        "extra_percent": interview.extra_percent,
        "started_at": interview.started_at,
        "finished_at": interview.finished_at,
        "answers": [_answer(one, is_told=is_told) for one in interview.answers.all()],
    }


def _answer(answer: Answer, *, is_told: bool) -> Data:
    written: Data = {
        "stage": answer.stage_id,
        "criterion": answer.criterion_id,
        "text": answer.text,
        "estimates": answer.estimates,
        "diagram": answer.diagram,
        "hints_taken": answer.hints_taken,
        "tries": answer.tries,
        "opened_at": answer.opened_at,
        "submitted_at": answer.submitted_at,
        "late": answer.late,
        "kept_texts": [_kept(one) for one in answer.kept_texts.all()],
    }
    if not is_told:
        return written
    calls = (call for grading in answer.gradings.all() for call in grading.model_calls.all())
    return written | {
        "grades": [_grade(one) for one in answer.grades.all()],
        "model_calls": [_call(one) for one in calls],
    }


def _kept(kept: KeptText) -> Data:
    return {
        "text": kept.text,
        "estimates": kept.estimates,
        "diagram": kept.diagram,
        "at": kept.kept_at,
    }


def _grade(grade: Grade) -> Data:
    return {
        "grader": f"{grade.grader} {grade.grader_version}",
        "points": grade.points,
        "max_points": grade.max_points,
        "provisional": grade.provisional,
        "at": grade.created_at,
        "criteria": grade.assessment["criteria"],
        "appeals": [
            {"criterion": one.criterion_id, "reason": one.reason, "at": one.created_at}
            for one in grade.appeals.all()
        ],
    }


def _call(call: ModelCall) -> Data:
    return {
        "model": call.model,
        "at": call.created_at,
        "outcome": call.outcome,
        "answer": call.raw,
        "prompt_sha256": call.prompt_sha256,
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
        "seconds": call.seconds,
    }
