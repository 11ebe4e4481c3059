"""Server-sent events: the events process tells a waiting page when to look again.

It is reached at a port of its own (EVENTS_PORT) by pages of the same host, or below /events/ of
the site when a proxy leads there.
"""

from urllib.parse import urlsplit

from django.db import connection
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.request import split_domain_port
from django.views.decorators.http import require_safe

from common.http import HtmxRequest
from interviews.access import access_answer
from interviews.events import hub
from interviews.session import build_result

AGAIN_AFTER_S = 30


@require_safe
def follow(request: HtmxRequest, pk: int, stage_id: str) -> HttpResponse | StreamingHttpResponse:
    """Tell the page when the grading of an answer has come further, until it ends.

    204 when there is nothing to wait for, which ends a browser's tries; 503 when too many wait.
    """
    answer = access_answer(request, pk, stage_id)
    if answer.submitted_at is None:
        raise Http404
    status = build_result(answer).status
    learner_id = request.learner.pk  # type: ignore[attr-defined]
    # The stream may last for minutes: it must not keep the connection that the look-up needed.
    connection.close()
    if status is None or not status.is_moving:
        return _open_to_pages(request, HttpResponse(status=204))
    if hub.is_full_for(learner_id):
        full = HttpResponse(status=503, headers={"Retry-After": str(AGAIN_AFTER_S)})
        return _open_to_pages(request, full)
    stream = StreamingHttpResponse(hub.follow(learner_id, answer.pk))
    stream["Content-Type"] = "text/event-stream"
    stream["Content-Encoding"] = "identity"  # each event has to leave at once, not in a full block
    stream["X-Accel-Buffering"] = "no"
    return _open_to_pages(request, stream)


def _open_to_pages[T: HttpResponse | StreamingHttpResponse](request: HtmxRequest, response: T) -> T:
    """Let pages of this very host read the answer, whatever their port."""
    origin = urlsplit(request.headers.get("Origin", ""))
    host, _port = split_domain_port(request.get_host())
    response["Vary"] = "Origin"
    if origin.hostname and origin.hostname == host.strip("[]") and origin.scheme == request.scheme:
        response["Access-Control-Allow-Origin"] = origin.geturl()
        response["Access-Control-Allow-Credentials"] = "true"
    return response
