"""Which Content-Security-Policy and companion headers a page is sent with."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware

STUDIO_PATH = "/studio/"


class PolicyMiddleware(ContentSecurityPolicyMiddleware):
    """Send the strict policy everywhere but below ``/studio/``, which has its own."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> Any:
        if request.path.startswith(STUDIO_PATH) and not hasattr(response, "_csp_config"):
            response._csp_config = settings.STUDIO_CSP  # type: ignore[attr-defined]  # noqa: SLF001
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return super().process_response(request, response)
