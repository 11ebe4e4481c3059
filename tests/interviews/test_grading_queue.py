"""Leases, attempts and the one grade that comes out."""

from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db.models.functions import Now

from grading import Assessment, EmbeddedGrader
from interviews import grading_queue
from interviews.models import Answer, Grade, Grading
from interviews.models.grades import State


class Broken(EmbeddedGrader):
    """Raises on every answer, as a defect in a grader would."""

    error: BaseException = RuntimeError("poison")

    def grade(self, *args: Any, **options: Any) -> Assessment:
        raise self.error


class Interrupted(EmbeddedGrader):
    """Loses its lease after the first criterion, as a worker that slept too long."""

    def grade(self, *args: Any, on_criterion: Any = None, **options: Any) -> Assessment:
        def tell(one: Any) -> None:
            on_criterion(one)
            Grading.objects.update(lease_until=Now() - timedelta(seconds=1))
            assert grading_queue.take_lease(Grading.objects.get().pk) is not None

        return super().grade(*args, on_criterion=tell, **options)


@pytest.fixture
def use_grader(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that lets the queue grade with something else."""
    return lambda grader: monkeypatch.setattr(grading_queue, "current_grader", lambda: grader)


def expire_lease() -> None:
    Grading.objects.filter(state=State.LEASED).update(lease_until=Now() - timedelta(seconds=1))


def test_a_grade_names_who_graded_what(submitted: Answer) -> None:
    grading_queue.grade_queued(submitted.gradings.get().pk)
    grade = Grade.objects.get()
    submitted.refresh_from_db()
    assert submitted.current_grade == grade
    assert (grade.grader, grade.grader_version) == (EmbeddedGrader.name, EmbeddedGrader.version)
    assert (grade.edition, grade.stage_id) == (submitted.interview.edition, "design")
    assert grade.max_points == 5
    assert grade.grading.state == State.DONE


def test_running_again_makes_no_second_grade(graded: Answer) -> None:
    for _again in range(3):
        grading_queue.grade_queued(graded.gradings.get().pk)
    assert Grade.objects.count() == 1


def test_a_grading_that_is_gone_is_no_error(db: None) -> None:
    grading_queue.grade_queued(999_999)
    assert not Grade.objects.exists()


def test_each_credited_point_has_a_verbatim_quote(graded: Answer) -> None:
    for one in Grade.objects.get().assessment["criteria"]:
        quotes = [quote for quote in one["evidence"] if quote["kind"] == "supports"]
        assert bool(quotes) or one["points"] == 0
        for quote in quotes:
            assert graded.text[quote["start"] : quote["end"]] == quote["quote"]


def test_a_lease_is_given_to_one_worker(submitted: Answer) -> None:
    pk = submitted.gradings.get().pk
    assert grading_queue.take_lease(pk) is not None
    assert grading_queue.take_lease(pk) is None


def test_a_lease_that_has_run_out_is_given_to_the_next(submitted: Answer) -> None:
    pk = submitted.gradings.get().pk
    grading_queue.take_lease(pk)
    expire_lease()
    lease = grading_queue.take_lease(pk)
    assert lease is not None
    assert lease.attempt == 2


def test_a_worker_that_was_replaced_writes_nothing(submitted: Answer, use_grader: Any) -> None:
    use_grader(Interrupted())
    grading_queue.grade_queued(submitted.gradings.get().pk)
    grading = Grading.objects.get()
    assert (grading.state, grading.attempts, grading.progress) == (State.LEASED, 2, [])
    assert not Grade.objects.exists()


def test_a_late_grade_of_a_replaced_worker_is_refused(submitted: Answer) -> None:
    pk = submitted.gradings.get().pk
    old = grading_queue.take_lease(pk)
    expire_lease()
    assert grading_queue.take_lease(pk)
    assert old is not None
    assessment = EmbeddedGrader().grade("", (), submitted.text)
    with pytest.raises(grading_queue.LeaseLostError):
        grading_queue.write_grade(lease=old, assessment=assessment)
    assert not Grade.objects.exists()


@pytest.mark.parametrize("error", [RuntimeError("poison"), SoftTimeLimitExceeded()])
def test_a_poison_answer_ends_as_failed_after_the_cap(
    submitted: Answer, use_grader: Any, error: Exception
) -> None:
    broken = Broken()
    broken.error = error
    use_grader(broken)
    pk = submitted.gradings.get().pk
    for attempt in range(1, 4):
        assert Grading.objects.get().state == State.QUEUED
        grading_queue.grade_queued(pk)
        assert Grading.objects.get().attempts == attempt
    grading = Grading.objects.get()
    assert (grading.state, grading.error) == (State.FAILED, type(error).__name__)
    grading_queue.grade_queued(pk)
    assert Grading.objects.get().attempts == 3
    assert not Grade.objects.exists()


def test_an_answer_that_kills_its_workers_ends_as_failed(submitted: Answer) -> None:
    pk = submitted.gradings.get().pk
    for _killed in range(3):
        assert grading_queue.take_lease(pk) is not None
        expire_lease()
    assert grading_queue.take_overdue() == []
    assert Grading.objects.get().state == State.FAILED


def test_a_killed_last_attempt_ends_as_failed_without_a_sweep_too(submitted: Answer) -> None:
    pk = submitted.gradings.get().pk
    for _killed in range(3):
        grading_queue.take_lease(pk)
        expire_lease()
    assert grading_queue.take_lease(pk) is None
    assert Grading.objects.get().state == State.FAILED


def test_a_fresh_row_is_not_sent_again(submitted: Answer) -> None:
    assert grading_queue.take_overdue() == []


def test_a_lost_wake_up_call_is_sent_again_once_per_while(submitted: Answer) -> None:
    Grading.objects.update(sent_at=Now() - timedelta(minutes=1))
    assert grading_queue.take_overdue() == [submitted.gradings.get().pk]
    assert grading_queue.take_overdue() == []


def test_progress_is_committed_criterion_by_criterion(submitted: Answer, use_grader: Any) -> None:
    seen: list[int] = []

    class Watched(EmbeddedGrader):
        def grade(self, *args: Any, on_criterion: Any = None, **options: Any) -> Assessment:
            def tell(one: Any) -> None:
                on_criterion(one)
                seen.append(len(Grading.objects.get().progress))

            return super().grade(*args, on_criterion=tell, **options)

    use_grader(Watched())
    grading_queue.grade_queued(submitted.gradings.get().pk)
    assert seen == [1, 2]


def test_an_empty_answer_gets_its_grade(answer: Answer) -> None:
    from interviews import actions
    from interviews.actions import Sent

    actions.submit_answer(answer=answer, sent=Sent("", 0), key="empty")
    grading_queue.grade_queued(answer.gradings.get().pk)
    assert Grade.objects.get().points == 0


def test_operators_see_what_waits_and_for_how_long(submitted: Answer) -> None:
    assert grading_queue.queue_health().waiting == 1
    Grading.objects.update(requested_at=Now() - timedelta(minutes=3))
    health = grading_queue.queue_health()
    assert 179 < health.oldest_s < 200
    assert (health.waiting, health.parked, health.failed_lately) == (1, 0, 0)
    Grading.objects.update(state=State.FAILED)
    health = grading_queue.queue_health()
    assert (health.waiting, health.oldest_s, health.failed_lately) == (0, 0.0, 1)
