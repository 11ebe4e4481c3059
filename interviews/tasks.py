"""Background work of interviews: ids in, action called."""

from celery import current_app, shared_task

from interviews import grading_queue

# Whoever submits waits for this: one try, and a broker that does not answer is given up at once.
IMPATIENT = {"max_retries": 0, "socket_connect_timeout": 0.5, "socket_timeout": 1}


@shared_task
def grade(grading_id: int) -> None:
    """Grade one answer."""
    grading_queue.grade_queued(grading_id)


@shared_task
def sweep() -> None:
    """Wake a worker for every grading that a lost broker or a dead worker left behind."""
    from interviews import appeals, regrading  # actions, which they need, send these tasks

    for grading_id in grading_queue.take_overdue():
        grade.delay(grading_id)
    for grading_id in regrading.continue_regrades():
        grade.delay(grading_id)
    appeals.park_forgotten_appeals()


@shared_task
def measure_impact(scenario_id: int, stage_id: str) -> None:
    """Compare some past answers by a draft rubric, and queue up again behind what waits."""
    from interviews import impact

    if impact.take_step(scenario_id, stage_id):
        measure_impact.delay(scenario_id, stage_id)


def wake_grader(grading_id: int) -> None:
    """Send the wake-up call for a queued row that is committed; raises when nobody hears it.

    On a connection of its own: a broker that hangs must not keep the pool's.
    """
    with current_app.connection_for_write(transport_options=IMPATIENT) as connection:
        grade.apply_async((grading_id,), connection=connection, retry=False)


def wake_impact(scenario_id: int, stage_id: str) -> None:
    """Ask a worker to measure a draft's impact; raises when nobody hears it."""
    with current_app.connection_for_write(transport_options=IMPATIENT) as connection:
        measure_impact.apply_async((scenario_id, stage_id), connection=connection, retry=False)
