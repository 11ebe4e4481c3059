"""One request to the server, and what came back as a value: nothing is raised for a bad server.

The only module that imports `openai`; it is imported when a request is made, never before.
"""

import email.utils
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

import httpx2
import openai

from interviews.llm.prompt import Message
from interviews.llm.service import Service

MAX_BODY = 1_000_000  # bytes
CONNECT_S = 5.0
MAX_TOKENS = 10_000_000  # a count of tokens beyond this is no count


class Outcome(StrEnum):
    """What became of one request, as it is stored."""

    SENT = "sent"  # its end is unknown: the worker was lost
    ANSWERED = "answered"
    FAULTY = "answered, with faults"
    INVALID = "not a completion"
    TOO_LARGE = "too large"
    TIMEOUT = "timeout"
    CONNECTION = "no connection"
    RATE_LIMITED = "rate limited"
    SERVER_ERROR = "server error"
    REFUSED = "refused"


@dataclass(frozen=True)
class Result:
    """What came back.

    `content` is what the model wrote, None unless the outcome is ANSWERED; `raw` is that, or the
    body as far as it was read. Tokens are None where the server does not say. `retry_after_s` is
    what the server asks for, if it does.
    """

    outcome: Outcome
    content: str | None = None
    raw: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    status: int = 0
    retry_after_s: float | None = None


class _TooLargeError(Exception):
    """The server does not stop."""


class _Bounded(httpx2.SyncByteStream):
    """A body that ends in an error when it is too long, in bytes or in time."""

    def __init__(self, stream: Any, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > MAX_BODY:
                raise _TooLargeError
            if time.monotonic() > self._deadline:
                raise TimeoutError
            yield chunk

    def close(self) -> None:
        self._stream.close()


def request(
    service: Service, messages: Sequence[Message], options: Mapping[str, Any], *, seconds: float
) -> Result:
    """Ask once, for at most about `seconds`; `options` are further parameters of the request."""
    deadline = time.monotonic() + seconds
    try:
        with _client(service, deadline) as client:
            response = client.chat.completions.with_raw_response.create(
                model=service.model,
                messages=cast("Any", list(messages)),
                temperature=0,
                **options,
            )
            return read_completion(response.http_response.content)
    except openai.APIStatusError as error:
        return _by_status(error)
    except openai.APITimeoutError as error:
        is_connecting = isinstance(error.__cause__, httpx2.ConnectTimeout)
        return Result(Outcome.CONNECTION if is_connecting else Outcome.TIMEOUT)
    except TimeoutError:
        return Result(Outcome.TIMEOUT)
    except _TooLargeError:
        return Result(Outcome.TOO_LARGE)
    except (openai.APIConnectionError, httpx2.HTTPError):
        return Result(Outcome.CONNECTION)


def read_completion(body: bytes) -> Result:
    """Read the body of a completion; whatever else it is gives the outcome INVALID."""
    text = clean(body.decode("utf-8", "replace"))
    try:
        data = json.loads(body)
        content = data["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return Result(Outcome.INVALID, raw=text)
    usage = data.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    said = content if isinstance(content, str) else None
    return Result(
        Outcome.INVALID if said is None else Outcome.ANSWERED,
        content=None if said is None else clean(said),
        raw=text if said is None else clean(said),
        prompt_tokens=_count(counts.get("prompt_tokens")),
        completion_tokens=_count(counts.get("completion_tokens")),
    )


def clean(text: str) -> str:
    """Without what neither PostgreSQL nor UTF-8 can hold: zero bytes and half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _client(service: Service, deadline: float) -> openai.OpenAI:
    """A client for one request: no redirects, which would carry the answer elsewhere; no retries,
    which the caller counts; no compression, which would get around the limit on size.
    """

    def bound(response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise _TooLargeError
        response.stream = _Bounded(response.stream, deadline)

    timeout = httpx2.Timeout(service.read_s, connect=min(CONNECT_S, service.read_s))
    http = openai.DefaultHttpxClient(
        timeout=timeout, follow_redirects=False, event_hooks={"response": [bound]}
    )
    return openai.OpenAI(
        base_url=service.url,
        api_key=service.key or "none",
        max_retries=0,
        timeout=timeout,
        default_headers={"Accept-Encoding": "identity"},
        http_client=http,
    )


def _by_status(error: openai.APIStatusError) -> Result:
    status = error.status_code
    if status == 429:
        outcome = Outcome.RATE_LIMITED
    else:
        outcome = Outcome.SERVER_ERROR if status >= 500 else Outcome.REFUSED
    return Result(
        outcome,
        raw=clean(error.response.text),
        status=status,
        retry_after_s=retry_after(error.response.headers.get("retry-after", "")),
    )


def retry_after(header: str) -> float | None:
    """The seconds a `Retry-After` header asks for, as a number or a date; None if it says none."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MAX_TOKENS else None
