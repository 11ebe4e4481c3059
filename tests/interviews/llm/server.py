"""A server that speaks the protocol of chat completions, and misbehaves as it is told."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

type Data = dict[str, Any]
type Behaviour = Callable[["Handler", Data], None]


class Handler(BaseHTTPRequestHandler):
    """Writes down each request and behaves as the server's script says."""

    server: "ModelServer"
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append({"path": self.path, "headers": headers, "body": body})
        number = min(len(self.server.seen), len(self.server.script)) - 1
        try:
            self.server.script[number](self, body)
        except OSError:
            self.close_connection = True  # the client has gone

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class ModelServer(ThreadingHTTPServer):
    """`script` has a behaviour for each request; the last one stays."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: Sequence[Behaviour] = []
        self.seen: list[Data] = []
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, *args: object) -> None:
        """Clients that give up are part of the tests."""

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()


def completion(content: str, usage: Mapping[str, Any] | None = None) -> bytes:
    """The body of a chat completion."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}}
    counts = {"prompt_tokens": 700, "completion_tokens": 90} if usage is None else usage
    return json.dumps({"id": "1", "choices": [choice], "usage": counts}).encode()


def says(content: str, usage: Mapping[str, Any] | None = None) -> Behaviour:
    """Answer with this text of the model."""
    body = completion(content, usage)
    return lambda handler, _request: handler.send(200, body, Content_Type="application/json")


def judges(**verdicts: tuple[str, list[str]]) -> Behaviour:
    """Answer in the schema: by criterion the verdict and the quotes."""
    return says(judgement(**verdicts))


def judgement(**verdicts: tuple[str, list[str]]) -> str:
    entries = [
        {"id": key, "quotes": quotes, "why": "Because.", "verdict": verdict}
        for key, (verdict, quotes) in verdicts.items()
    ]
    return json.dumps({"criteria": entries})


def fails(status: int, body: str = "{}", **headers: str) -> Behaviour:
    """Answer with an HTTP error."""
    return lambda handler, _request: handler.send(status, body.encode(), **headers)


def is_silent(seconds: float) -> Behaviour:
    """Answer nothing for a while, then something."""

    def behave(handler: Handler, _request: Data) -> None:
        time.sleep(seconds)
        handler.send(200, completion("{}"))

    return behave


def drips(seconds: float) -> Behaviour:
    """Send a byte now and then, never silent for long."""

    def behave(handler: Handler, _request: Data) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _byte in range(int(seconds / 0.05)):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    return behave


def drips_headers(seconds: float) -> Behaviour:
    """Never come to the end of the headers."""

    def behave(handler: Handler, _request: Data) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(int(seconds / 0.05)):
            handler.wfile.write(f"X-{number}: 1\r\n".encode())
            handler.wfile.flush()
            time.sleep(0.05)

    return behave


def never_stops(handler: Handler, _request: Data) -> None:
    """Send a body without an end."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    chunk = b"x" * 65_536
    for _chunk in range(10_000):
        handler.wfile.write(b"10000\r\n" + chunk + b"\r\n")


def hangs_up(handler: Handler, _request: Data) -> None:
    """Close the connection in the middle of the body."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices"')
    handler.close_connection = True
