"""Messages: a queue between those who send and those who work."""

from collections import deque
from math import inf

from simulation.calls import Done, Handler, Outcome, Request, direct
from simulation.faults import HEALTHY, Health
from simulation.kernel import Simulator
from simulation.metrics import Ledger
from simulation.streams import Sampler


class Queue:
    """A queue that competing `consumers` take messages from, at least once each.

    Each consumer hands one message at a time to `consumer`; an answer that serves is an
    acknowledgement, at whatever time it comes, and ends the message. A message that has not
    been acknowledged `visibility_s` seconds after a delivery, or `retry_s` seconds after a
    delivery failed, is delivered again, behind those that wait; after `most_receives`
    deliveries it goes to `dead_letters` instead. Where neither time is given, what fails is
    never seen again. With probability `duplication` a message is queued twice; `luck` gives
    the uniform numbers that decide.

    A fault on a queue befalls its consumers, never its messages: stalled ones begin nothing
    new; those that are down, failing or crashed also lose what they are at.

    The ledger gets one row per message: when it was sent, and acknowledged or given up.
    """

    __slots__ = (
        "_consumer",
        "_delivering",
        "_duplication",
        "_ledger",
        "_luck",
        "_most_receives",
        "_retry_s",
        "_simulator",
        "_under_way",
        "_visibility_s",
        "_waiting",
        "acknowledged",
        "busy",
        "consumers",
        "dead_letters",
        "delivered",
        "depth",
        "duplicated",
        "health",
        "name",
        "redelivered",
        "sent",
    )

    def __init__(
        self,
        simulator: Simulator,
        name: str,
        *,
        consumer: Handler,
        consumers: int,
        visibility_s: float = inf,
        most_receives: float = inf,
        luck: Sampler | None = None,
        duplication: float = 0.0,
        retry_s: float = inf,
        ledger: Ledger | None = None,
    ) -> None:
        if luck is None and duplication:
            raise ValueError("A queue that duplicates messages needs luck.")
        self.name = name
        self.health = HEALTHY
        self.consumers = consumers
        self.busy = 0
        self.depth = 0  # messages that wait for a consumer
        self.sent = self.delivered = self.redelivered = 0
        self.duplicated = self.acknowledged = 0
        self.dead_letters: list[Request] = []
        self._simulator = simulator
        self._consumer = direct(consumer)
        self._visibility_s = visibility_s
        self._retry_s = retry_s
        self._most_receives = most_receives
        self._luck = luck
        self._duplication = duplication
        self._ledger = ledger
        self._waiting: deque[_Message] = deque()
        self._under_way: dict[int, _Delivery] = {}  # what consumers are at, by delivery number
        self._delivering = False

    @property
    def dead(self) -> int:
        """How many messages were given up."""
        return len(self.dead_letters)

    @property
    def oldest_age_s(self) -> float:
        """Seconds since the oldest of the waiting messages was sent; 0 when none waits."""
        waiting = [message.sent_at for message in self._waiting if message.waits]
        return self._simulator.now - min(waiting) if waiting else 0.0

    def __call__(self, request: Request, done: Done) -> None:
        """Send, as a call that ends at once: the sender does not wait for consumers."""
        self.send(request)
        done(request, Outcome.OK)

    def send(self, request: Request) -> None:
        """Put a message into the queue."""
        self.sent += 1
        self._put(_Message(request, self._simulator.now))
        if self._luck is not None and self._luck() < self._duplication:
            self.duplicated += 1
            self._put(_Message(request, self._simulator.now))

    def set_consumers(self, consumers: int) -> None:
        """Add or take away consumers; one that is taken away first ends its work."""
        self.consumers = consumers
        self._deliver_waiting()

    def set_health(self, health: Health) -> None:
        """Change how the consumers fare."""
        self.health = health
        if health.silent or health.refusing:
            self.crash()
        self._deliver_waiting()

    def reset(self) -> None:
        """Do nothing: messages outlive the consumers."""

    def crash(self) -> None:
        """Let the consumers lose what they are at; the messages come again in their time."""
        lost = list(self._under_way.values())
        self._under_way.clear()
        self.busy = 0
        for delivery in lost:
            self._come_again(delivery)

    def settle(self, delivery: "_Delivery", outcome: Outcome) -> None:
        """Take a consumer's answer; none comes through from a consumer that has crashed."""
        if self._under_way.pop(delivery.number, None) is None:
            return
        self.busy -= 1
        if outcome.served:
            self._end(delivery.message, Outcome.OK)
        else:
            self._come_again(delivery)
        self._deliver_waiting()

    @property
    def _open_consumers(self) -> int:
        health = self.health
        return 0 if health.silent or health.refusing or health.stalled else self.consumers

    def _put(self, message: "_Message") -> None:
        message.waits = True
        self.depth += 1
        self._waiting.append(message)
        self._deliver_waiting()

    def _deliver_waiting(self) -> None:
        """Give messages to free consumers; a loop, for answers may come at once."""
        if self._delivering:
            return
        self._delivering = True
        while self._waiting and self.busy < self._open_consumers:
            message = self._waiting.popleft()
            if message.waits:
                message.waits = False
                self.depth -= 1
                self._deliver(message)
        self._delivering = False

    def _deliver(self, message: "_Message") -> None:
        self.busy += 1
        self.delivered += 1
        self.redelivered += message.receives > 0
        message.receives += 1
        delivery = _Delivery(self, message, self.delivered)
        self._under_way[delivery.number] = delivery
        if self._visibility_s != inf:
            self._simulator.after(self._visibility_s, self._reappear, delivery)
        self._consumer(message.request, delivery.answer)

    def _come_again(self, delivery: "_Delivery") -> None:
        if self._retry_s != inf:
            self._simulator.after(self._retry_s, self._reappear, delivery)

    def _reappear(self, delivery: "_Delivery") -> None:
        """End a delivery that was not acknowledged: again into the queue, or to the dead."""
        message = delivery.message
        if message.ended or delivery.receive != message.receives or delivery.is_over:
            return
        delivery.is_over = True
        if message.receives < self._most_receives:
            self._put(message)
        else:
            self.dead_letters.append(message.request)
            self._end(message, Outcome.ERROR)

    def _end(self, message: "_Message", outcome: Outcome) -> None:
        if message.ended:
            return
        message.ended = True
        self.depth -= message.waits
        message.waits = False
        self.acknowledged += outcome.served
        if self._ledger is not None:
            now = self._simulator.now
            self._ledger.rows += (message.request.id, message.sent_at, now, outcome)


class _Message:
    """A request in a queue, until it is acknowledged or given up."""

    __slots__ = ("ended", "receives", "request", "sent_at", "waits")

    def __init__(self, request: Request, sent_at: float) -> None:
        self.request = request
        self.sent_at = sent_at
        self.receives = 0
        self.waits = False
        self.ended = False


class _Delivery:
    """One time that a message was handed to a consumer."""

    __slots__ = ("_queue", "is_over", "message", "number", "receive")

    def __init__(self, queue: Queue, message: _Message, number: int) -> None:
        self._queue = queue
        self.message = message
        self.number = number
        self.receive = message.receives
        self.is_over = False

    def answer(self, _request: Request, outcome: Outcome) -> None:
        self._queue.settle(self, outcome)
