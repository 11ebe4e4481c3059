"""Uploads that have to be transcoded: through a queue, or while the uploader waits.

Every job brings its own work time and whether it is poison, so both halves of a run have the
same jobs, however often a job is worked on. A poison job takes its time and fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import simulation
from labs.readings import Axis
from simulation import (
    Done,
    EventLog,
    Handler,
    Health,
    Ledger,
    Outcome,
    Queue,
    Request,
    Simulator,
    Streams,
)
from simulation.policies import Bulkhead

MINUTE_S = 60.0
AXIS = Axis(width_s=MINUTE_S, count=120)
DURATION_S = 7200.0
RESTART_S, RESTARTED_S = 600.0, 605.0
AWAY_S, BACK_S = 1800.0, 3600.0
PATIENCE_S = 60.0
WAITING_ROOM = 100_000
LOOK_S = 10.0  # how often it is looked whether the backlog is gone
TOLD = 5  # events of a kind that the log tells
MOST_EVENTS = 200_000  # of the engine; the busiest parameters need less than half of that


@dataclass(frozen=True, slots=True)
class Delivery:
    """When a message is delivered again: `again_s` after it was handed out, or lost in a crash.

    With `renewed` only a crash or a failure counts: a living consumer keeps its message. After
    `most` deliveries a message becomes a dead letter.
    """

    again_s: float
    renewed: bool
    most: float


class Workers:
    """What transcodes; it can crash, and then forgets what it was at."""

    def __init__(self, simulator: Simulator) -> None:
        self.name = "transcoder"
        self.health = Health()
        self.work_s: list[float] = []  # by job
        self.poison: list[bool] = []
        self.done_at: list[float | None] = []  # when a job was first finished
        self.finished: list[int] = []  # how often
        self.spent_s = 0.0  # work on jobs that ended or were lost, in seconds of one worker
        self.dropped: dict[int, float] = {}  # good jobs the restart hit, and when begun again
        # by number of the work begun: the job, who waits for it, and since when
        self._in_hand: dict[int, tuple[Request, Done, float]] = {}
        self._begun = 0
        self._simulator = simulator

    def __call__(self, request: Request, done: Done) -> None:
        """Work on a job, or fail at once while away."""
        if self.health.refusing:
            done(request, Outcome.ERROR)
            return
        job = request.id
        if self.dropped.get(job) == DURATION_S:
            self.dropped[job] = self._simulator.now
        self._begun += 1
        self._in_hand[self._begun] = (request, done, self._simulator.now)
        self._simulator.after(self.work_s[job], self._finish, self._begun)

    def _finish(self, number: int) -> None:
        held = self._in_hand.pop(number, None)
        if held is None:
            return  # lost in a crash
        request, done, _since = held
        job = request.id
        self.spent_s += self.work_s[job]
        if self.poison[job]:
            done(request, Outcome.ERROR)
            return
        self.finished[job] += 1
        if self.done_at[job] is None:
            self.done_at[job] = self._simulator.now
        done(request, Outcome.OK)

    def set_health(self, health: Health) -> None:
        """Go away, or come back."""
        self.health = health

    def reset(self) -> None:
        """Do nothing: no job waits here."""

    def crash(self) -> None:
        """Lose the jobs in hand."""
        lost = list(self._in_hand.values())
        self._in_hand.clear()
        if self._simulator.now < AWAY_S:
            jobs = (one.id for one, _done, _since in lost)
            good = (job for job in jobs if self.done_at[job] is None and not self.poison[job])
            self.dropped = dict.fromkeys(good, DURATION_S)
        for request, done, since in lost:
            self.spent_s += self._simulator.now - since
            done(request, Outcome.ERROR)


class Transcoding:
    """Two hours of uploads."""

    def __init__(
        self, *, seed: int, per_minute: int, mean_s: float, poison: float, consumers: int
    ) -> None:
        """`poison` is the share of jobs that can never be transcoded, in [0, 1]."""
        self.simulator = Simulator(max_events=MOST_EVENTS)
        self.log = EventLog()
        self.ledger = Ledger()  # what the uploader was told, and when
        self.workers = Workers(self.simulator)
        self.consumers = consumers
        self.sent_at: list[float] = []
        self.drained_s = DURATION_S - BACK_S
        self.backlog = 0.0  # when the consumers come back
        self._streams = Streams(seed)
        self._per_minute = per_minute
        self._least_s = mean_s / 2
        self._more = self._streams.exponential("work", mean_s / 2)
        self._luck = self._streams.random("poison")
        self._poison = poison
        self.dead: tuple[int, ...] = ()  # jobs whose messages were given up
        self.waiting: tuple[float, ...] = ()

    def through_queue(self, delivery: Delivery) -> None:
        """Let uploads go into a queue, from which the workers take them."""
        messages = Ledger()
        queue = Queue(
            self.simulator,
            "transcoder",
            consumer=self.workers,
            consumers=self.consumers,
            visibility_s=inf if delivery.renewed else delivery.again_s,
            retry_s=delivery.again_s if delivery.renewed else inf,
            most_receives=delivery.most,
            ledger=messages,
        )
        simulation.schedule(self.simulator, self.log, queue, _absences())
        for moment in (RESTART_S, AWAY_S):  # after the queue has let go of the messages
            self.simulator.at(moment, lambda _: self.workers.crash())
        self.simulator.at(BACK_S, self._watch, queue)
        self._run(queue, lambda: float(queue.depth))
        self.dead = tuple(request.id for request in queue.dead_letters)
        self._tell_dead(messages)

    def while_waiting(self) -> None:
        """Let every uploader wait for a worker, at most `PATIENCE_S`, and for the result."""
        pool = Bulkhead(
            self.simulator,
            self.workers,
            permits=self.consumers,
            queue_limit=WAITING_ROOM,
            max_wait_s=PATIENCE_S,
        )
        simulation.schedule(self.simulator, self.log, self.workers, _absences())
        self.drained_s = 0.0
        self._run(pool, lambda: float(pool.waiting))

    def _run(self, front: Handler, waiting: Callable[[], float]) -> None:
        simulation.OpenLoop(
            self.simulator,
            front,
            self._streams.exponential("arrivals", MINUTE_S / self._per_minute),
            until_s=DURATION_S,
            kinds=self._upload,
            ledger=self.ledger,
        )
        levels = {"waiting": waiting}
        gauge = simulation.Gauge(self.simulator, levels, width_s=AXIS.width_s, count=AXIS.count)
        self.simulator.run(DURATION_S)
        self.waiting = tuple(gauge.samples["waiting"])

    def _upload(self) -> str:
        """Give the next job its work time and its luck."""
        workers = self.workers
        workers.work_s.append(self._least_s + self._more())
        workers.poison.append(self._luck() < self._poison)
        workers.done_at.append(None)
        workers.finished.append(0)
        self.sent_at.append(self.simulator.now)
        return ""

    def _watch(self, queue: Queue) -> None:
        """Note the backlog when the consumers come back, and when it is gone."""
        now = self.simulator.now
        if now == BACK_S:
            self.backlog = float(queue.depth + queue.busy)
        if queue.depth == 0:
            self.drained_s = now - BACK_S
            self.log.add(now, queue.name, "drained")
        else:
            self.simulator.after(LOOK_S, self._watch, queue)

    def _tell_dead(self, messages: Ledger) -> None:
        """Write the first dead letters into the log, each at its time."""
        given_up = [row for row in messages if row[3] is Outcome.ERROR]
        for job, _sent, ended, _outcome in given_up[:TOLD]:
            kind = "dead" if self.workers.poison[job] else "dead but good"
            self.log.add(ended, "transcoder", kind, job=job + 1)
        self.log.events.sort(key=lambda event: event.time_s)

    def open_jobs(self) -> list[float]:
        """Jobs sent and not done at the end of each minute."""
        changes = [0] * (AXIS.count + 1)
        for sent, done in zip(self.sent_at, self.workers.done_at, strict=True):
            changes[int(sent / MINUTE_S)] += 1
            if done is not None:
                changes[min(int(done / MINUTE_S), AXIS.count)] -= 1
        level, levels = 0, []
        for change in changes[: AXIS.count]:
            level += change
            levels.append(float(level))
        return levels

    def took_min(self) -> list[float | None]:
        """Minutes within which 95 % of a minute’s uploads were transcoded; None if none was."""
        took: list[list[float]] = [[] for _ in range(AXIS.count)]
        for sent, done in zip(self.sent_at, self.workers.done_at, strict=True):
            if done is not None:
                took[int(sent / MINUTE_S)].append((done - sent) / MINUTE_S)
        return [simulation.percentile(sorted(one), 0.95) if one else None for one in took]

    def per_minute(self) -> list[float]:
        """Jobs done for the first time, in each minute."""
        counts = [0.0] * AXIS.count
        for done in self.workers.done_at:
            if done is not None and done < DURATION_S:
                counts[int(done / MINUTE_S)] += 1.0
        return counts

    def totals(self) -> dict[str, float]:
        """The raw numbers, by name."""
        workers = self.workers
        done = [one is not None for one in workers.done_at]
        useful = sum(time for time, is_done in zip(workers.work_s, done, strict=True) if is_done)
        told = simulation.percentile(self.ledger.latencies() or [0.0], 0.95)
        ended = dict.fromkeys(row[0] for row in self.ledger if not row[3].served)
        lost = len(ended)
        ended |= dict.fromkeys(self.dead)
        back = [again - RESTART_S for again in workers.dropped.values()]
        return {
            "jobs": float(len(done)),
            "away_jobs": float(sum(AWAY_S <= sent < BACK_S for sent in self.sent_at)),
            "lost": float(lost),
            "open": float(
                sum(not is_done and job not in ended for job, is_done in enumerate(done))
            ),
            "drained_min": self.drained_s / MINUTE_S,
            "is_drained": float(self.drained_s < DURATION_S - BACK_S),
            "backlog": self.backlog,
            "twice": float(sum(count > 1 for count in workers.finished)),
            "repeats": 100.0 * (1.0 - useful / workers.spent_s) if workers.spent_s else 0.0,
            "told_s": told,
            "dead": float(len(self.dead)),
            "dead_good": float(sum(not workers.poison[job] for job in self.dead)),
            "poison_jobs": float(sum(workers.poison)),
            "back_s": max(back, default=0.0),
        }


def _absences() -> tuple[simulation.Fault, ...]:
    """The restart and the half hour."""
    return (
        simulation.crashed(RESTART_S, RESTARTED_S, kind="restart"),
        simulation.crashed(AWAY_S, BACK_S, kind="away"),
    )
