"""What a reader's browser measures: bytes of the first load, paint, blocked main thread."""

import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright

LOADS = 5
OBSERVE = """
window.__lcp = 0; window.__blocked = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) window.__lcp = e.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries())
  window.__blocked += Math.max(0, e.duration - 50); }).observe({type: "longtask", buffered: true});
"""
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 93_750,
}


@dataclass(frozen=True, slots=True)
class Visit:
    """Medians over cold loads: ms to the largest paint, ms blocked, bytes by address."""

    lcp_ms: float
    blocked_ms: float
    transferred: dict[str, int]
    foreign: tuple[str, ...]

    @property
    def total_bytes(self) -> int:
        """All bytes of the first load, as transferred."""
        return sum(self.transferred.values())


def launch(playwright: Playwright, executable: str) -> Browser:
    """Start a headless Chromium."""
    return playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)


def visit(browser: Browser, url: str, cookies: list[Any], *, phone: bool) -> Visit:
    """Load a page with a cold cache several times."""
    results = [_load(browser, url, cookies, phone=phone) for _ in range(LOADS)]
    last = results[-1]
    return Visit(
        statistics.median(result.lcp_ms for result in results),
        statistics.median(result.blocked_ms for result in results),
        last.transferred,
        last.foreign,
    )


def _load(browser: Browser, url: str, cookies: list[Any], *, phone: bool) -> Visit:
    size = {"width": 360, "height": 640} if phone else {"width": 1280, "height": 900}
    context = browser.new_context(viewport=size, is_mobile=phone)  # type: ignore[arg-type]
    context.add_cookies(cookies)
    page = context.new_page()
    page.add_init_script(OBSERVE)
    transferred: dict[str, int] = {}
    foreign: list[str] = []
    _watch(page, url, transferred, foreign, phone=phone)
    page.goto(url, wait_until="networkidle")
    page.wait_for_timeout(500)
    lcp, blocked = page.evaluate("[window.__lcp, window.__blocked]")
    context.close()
    return Visit(lcp, blocked, transferred, tuple(foreign))


def _watch(
    page: Page, url: str, transferred: dict[str, int], foreign: list[str], *, phone: bool
) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    home = urlsplit(url).netloc

    def requested(event: dict[str, Any]) -> None:
        address = event["request"]["url"]
        addresses[event["requestId"]] = address
        if address.startswith("http") and urlsplit(address).netloc != home:
            foreign.append(address)

    def finished(event: dict[str, Any]) -> None:
        address = addresses.get(event["requestId"], "?")
        transferred[address] = int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", requested)
    session.on("Network.loadingFinished", finished)
    if phone:
        session.send("Network.emulateNetworkConditions", PHONE)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})


@contextmanager
def static_copy(browser: Browser, url: str, cookies: list[Any]) -> Iterator[str]:
    """Serve a recorded copy of a page and all it loads, byte for byte, with no work behind it."""
    recorded = _record(browser, url, cookies)

    class Replay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, body = recorded.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in recorded else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if body[:2] == b"\x1f\x8b":
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Replay)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{urlsplit(url).path}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _record(browser: Browser, url: str, cookies: list[Any]) -> dict[str, tuple[str, bytes]]:
    import gzip

    context = browser.new_context()
    context.add_cookies(cookies)
    page = context.new_page()
    recorded: dict[str, tuple[str, bytes]] = {}

    def keep(response: Any) -> None:
        kind = response.headers.get("content-type", "")
        body = response.body()
        squeezed = body if "font" in kind or "image" in kind else gzip.compress(body, 6)
        recorded[urlsplit(response.url).path] = (kind, squeezed)

    page.on("requestfinished", lambda request: keep(request.response()))
    page.goto(url, wait_until="networkidle")
    context.close()
    return recorded
