"""Background work of interviews: ids in, action called."""

from celery import shared_task

from interviews import grading_queue


@shared_task
def grade(grading_id: int) -> None:
    """Grade one answer."""
    grading_queue.grade_queued(grading_id)


@shared_task
def sweep() -> None:
    """Wake a worker for every grading that a lost broker or a dead worker left behind."""
    for grading_id in grading_queue.take_overdue():
        grade.delay(grading_id)


def wake_grader(grading_id: int) -> None:
    """Send the wake-up call for a queued row; whoever calls has committed it."""
    grade.apply_async((grading_id,), retry=False)
