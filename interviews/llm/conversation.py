"""Talking to the server about one answer: retries, limits of time and tokens, and the record."""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from interviews.llm import client
from interviews.llm.budget import tokens_left
from interviews.llm.client import Outcome, Result
from interviews.llm.prompt import Message, estimated_tokens, fingerprint
from interviews.llm.replies import response_format
from interviews.llm.service import Service
from interviews.models import Grading, ModelCall

logger = logging.getLogger(__name__)
RETRIES = 2
FIRST_WAIT_S = 1.0
MAX_RAW = 64_000  # characters of a reply that are stored
_RETRIED = {Outcome.RATE_LIMITED, Outcome.SERVER_ERROR, Outcome.CONNECTION}
_UNBILLED = {*_RETRIED, Outcome.REFUSED}  # the server did no work


class NoReplyError(Exception):
    """There will be no reply to this request."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class OverBudgetError(Exception):
    """The next request could cost more tokens than are left."""


@dataclass(frozen=True)
class Said:
    """What the model wrote, and the stored call."""

    content: str
    call: ModelCall

    def mark_faulty(self) -> None:
        """Store that this reply could not be used as it was."""
        ModelCall.objects.filter(pk=self.call.pk).update(outcome=Outcome.FAULTY)


@dataclass
class Conversation:
    """Everything said about one answer, in `service.total_s` seconds and with two retries at most.

    `renew` is called every few seconds while the server is awaited; what it raises ends it all.
    """

    service: Service
    grading: Grading
    learner_id: int
    ids: Sequence[str]
    delimiter: str
    renew: Callable[[], None]
    _retries: int = RETRIES
    _dropped: set[str] = field(default_factory=set)
    _end: float = 0.0

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.service.total_s

    def ask(self, messages: Sequence[Message]) -> Said:
        """Return the reply to `messages`; raises NoReplyError or OverBudgetError."""
        while True:
            call, result = self._ask_once(messages)
            if result.content is not None:
                return Said(result.content, call)
            if not self._try_again(result):
                raise NoReplyError(result.outcome)

    @property
    def _left_s(self) -> float:
        return self._end - time.monotonic()

    def _ask_once(self, messages: Sequence[Message]) -> tuple[ModelCall, Result]:
        options = self._options()
        call = self._reserve(messages, self._output_tokens)
        started = time.monotonic()
        result = self._awaited(messages, options)
        _settle(call, result, time.monotonic() - started)
        return call, result

    @property
    def _output_tokens(self) -> int:
        return min(8_000, 300 + 300 * len(self.ids))

    def _options(self) -> dict[str, Any]:
        limit = "max_completion_tokens" if "max_tokens" in self._dropped else "max_tokens"
        options: dict[str, Any] = {limit: self._output_tokens}
        if "response_format" not in self._dropped:
            options["response_format"] = response_format(self.ids)
        return options

    def _reserve(self, messages: Sequence[Message], output_tokens: int) -> ModelCall:
        """Store the call before it is made, with all it may cost: a lost worker's counts too."""
        cost = estimated_tokens(messages)
        if tokens_left(self.learner_id) < cost + output_tokens:
            raise OverBudgetError
        return ModelCall.objects.create(
            grading=self.grading,
            learner_id=self.learner_id,
            model=self.service.model[:200],
            prompt_sha256=fingerprint(messages, self.delimiter, self.service.model),
            prompt_tokens=cost,
            completion_tokens=output_tokens,
            outcome=Outcome.SENT,
        )

    def _awaited(self, messages: Sequence[Message], options: dict[str, Any]) -> Result:
        """Make the request in a thread, so that neither a name server nor a server that sends a
        byte now and then can hold the worker, and the lease lives on meanwhile.
        """
        seconds = self._left_s
        box: list[Result | BaseException] = []

        def run() -> None:
            try:
                box.append(client.request(self.service, messages, options, seconds=seconds))
            except BaseException as error:  # noqa: BLE001 - raised again below
                box.append(error)

        thread = threading.Thread(target=run, daemon=True, name="grader-llm")
        thread.start()
        while thread.is_alive() and self._left_s > 0:
            thread.join(min(_beat_s(), max(0.0, self._left_s)))
            self.renew()
        found = box[0] if box else Result(Outcome.TIMEOUT)
        if isinstance(found, BaseException):
            raise found
        return found

    def _try_again(self, result: Result) -> bool:
        """Whether another try makes sense; waits for it."""
        if self._retries == 0:
            return False
        self._retries -= 1
        if result.outcome is Outcome.REFUSED:
            return self._drop_refused(result)
        if result.outcome not in _RETRIED:
            return False
        tries = RETRIES - self._retries
        wait_s = FIRST_WAIT_S * 2 ** (tries - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
        if result.retry_after_s is not None:
            wait_s = max(wait_s, result.retry_after_s)
        return self._waited(wait_s)

    def _drop_refused(self, result: Result) -> bool:
        """Leave out a parameter the server does not know, if that is what it says."""
        named = {
            "response_format": ("response_format", "json_schema"),
            "max_tokens": ("max_tokens",),
        }
        for option, words in named.items():
            is_named = any(word in result.raw for word in words)
            if result.status in {400, 422} and option not in self._dropped and is_named:
                self._dropped.add(option)
                return True
        return False

    def _waited(self, seconds: float) -> bool:
        """Wait, and keep the lease; False without waiting when it would take too long."""
        if seconds >= self._left_s:
            return False
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(_beat_s(), left))
            self.renew()
        return True


def _beat_s() -> float:
    """How often the lease is renewed while the server is silent."""
    return min(5.0, settings.GRADING_LEASE_SECONDS / 3)


def _settle(call: ModelCall, result: Result, seconds: float) -> None:
    """Replace what a call might have cost by what it did."""
    if result.outcome in _UNBILLED:
        call.prompt_tokens = call.completion_tokens = 0
    if result.content is not None:
        call.completion_tokens = len(result.content.encode()) // 3
    if result.prompt_tokens is not None:
        call.prompt_tokens = result.prompt_tokens
    if result.completion_tokens is not None:
        call.completion_tokens = result.completion_tokens
    call.outcome, call.raw, call.seconds = result.outcome, result.raw[:MAX_RAW], seconds
    call.save(update_fields=["prompt_tokens", "completion_tokens", "outcome", "raw", "seconds"])
    if result.content is None:
        logger.warning("The second grader: %s (HTTP status %s).", result.outcome, result.status)
