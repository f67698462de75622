"""Servers that a test plays itself, inside its own process: an exporter, a Prometheus API, a webhook.

Each listens on a free loopback port, keeps what it was asked, and does exactly what the test tells it to. Pages are
kept by the inbox (inbox_program.py) where their form matters; the Webhook here keeps raw bytes and can misbehave per
path.
"""

import json
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable


class StandIn:
    """An HTTP server on threads of its own; close() also frees requests that hang."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.closing = threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                stand_in.handle(self, b"")

            def do_POST(self) -> None:
                stand_in.handle(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def do_PUT(self) -> None:
                self.do_POST()

            def do_CONNECT(self) -> None:
                stand_in.connect(self)

            def finish(self) -> None:
                super().finish()
                if self.connection is not self.request:
                    self.connection.close()  # TLS within a tunnel

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: Any) -> None:
                pass  # a client that was killed is no news here

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.address}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        raise NotImplementedError

    def connect(self, request: BaseHTTPRequestHandler) -> None:
        """Asked to be a proxy, which few are."""
        self.answer(request, 405, "no proxy here", "text/plain")

    @staticmethod
    def answer(
        request: BaseHTTPRequestHandler,
        status: int,
        text: str,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        body = text.encode()
        request.send_response(status)
        request.send_header("Content-Type", content_type)
        request.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    @staticmethod
    def send_half(request: BaseHTTPRequestHandler, beginning: bytes = b'{"ok": tr') -> None:
        """Announces more than it sends."""
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(beginning)
        request.close_connection = True

    def close(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


class Exporter(StandIn):
    """Metrics for a real Prometheus to scrape: the test sets the values."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, float] = {}

    def set(self, **values: float) -> None:
        with self.lock:
            self.values.update(values)

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        with self.lock:
            lines = [f"# TYPE {name} gauge\n{name} {value}\n" for name, value in self.values.items()]
        self.answer(request, 200, "".join(lines), "text/plain; version=0.0.4")


Sample = tuple[dict[str, str], float]
Misbehaviour = Callable[[BaseHTTPRequestHandler], None]


class FakePrometheus(StandIn):
    """Answers each expression with the samples that the test gave it, or misbehaves in the way that the test chose."""

    def __init__(self) -> None:
        super().__init__()
        self.samples: dict[str, list[Sample]] = {}
        self.misbehaviour: Misbehaviour | None = None
        self.queries: list[tuple[float, str]] = []  # Unix time and expression
        self.looks_back: list[str] = []  # expressions of range queries, which pages show and nothing depends on
        self.looking_back_hangs = False

    def set(self, expression: str, *samples: Sample) -> None:
        with self.lock:
            self.samples[expression] = list(samples)

    def raise_series(self, expression: str, **labels: str) -> None:
        """One more series is in the result of the expression."""
        with self.lock:
            self.samples.setdefault(expression, []).append((labels, 1.0))

    def drop_series(self, expression: str, **labels: str) -> None:
        with self.lock:
            self.samples[expression] = [sample for sample in self.samples[expression] if sample[0] != labels]

    def misbehave(self, how: Misbehaviour | None) -> None:
        with self.lock:
            self.misbehaviour = how

    def count(self, expression: str | None = None) -> int:
        with self.lock:
            return sum(1 for _, asked in self.queries if expression in (None, asked))

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        form = urllib.parse.parse_qs(body.decode() or urllib.parse.urlsplit(request.path).query)
        expression = form.get("query", [""])[0]
        with self.lock:
            misbehaviour = self.misbehaviour
            samples = list(self.samples.get(expression, []))
            path = urllib.parse.urlsplit(request.path).path
            if path == "/api/v1/query_range":
                self.looks_back.append(expression)
            else:
                self.queries.append((time.time(), expression))
        if path == "/api/v1/query_range":
            if self.looking_back_hangs:
                return self.hang(request)
            self.answer(request, 200, '{"status":"success","data":{"resultType":"matrix","result":[]}}')
        elif path != "/api/v1/query":
            self.answer(request, 404, "404 page not found", "text/plain")
        elif misbehaviour:
            misbehaviour(request)
        else:
            result = [{"metric": labels, "value": [time.time(), str(value)]} for labels, value in samples]
            data = {"resultType": "vector", "result": result}
            self.answer(request, 200, json.dumps({"status": "success", "data": data}))

    # --- ways to misbehave

    @staticmethod
    def refuse_the_query(request: BaseHTTPRequestHandler) -> None:
        error = {"status": "error", "errorType": "execution", "error": "found duplicate series for the match group"}
        StandIn.answer(request, 422, json.dumps(error))

    @staticmethod
    def fail(request: BaseHTTPRequestHandler) -> None:
        StandIn.answer(request, 503, "the flux capacitor is empty", "text/plain")

    @staticmethod
    def send_garbage(request: BaseHTTPRequestHandler) -> None:
        StandIn.answer(request, 200, "<html>It works!</html>", "text/html")

    @staticmethod
    def send_half_a_result(request: BaseHTTPRequestHandler) -> None:
        StandIn.send_half(request, b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"')

    @staticmethod
    def hang_up(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True

    def hang(self, request: BaseHTTPRequestHandler) -> None:
        self.closing.wait()
        request.close_connection = True

    def send_too_much(self, request: BaseHTTPRequestHandler) -> None:
        """An answer without end, as fast as it is read."""
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(1 << 40))
        request.end_headers()
        request.close_connection = True
        request.wfile.write(b'{"status":"success","data":{"resultType":"vector","result":[')
        piece = b'{"metric":{"instance":"x"},"value":[0,"1"]},' * 20000
        while not self.closing.is_set():
            request.wfile.write(piece)


@dataclass
class Call:
    """One request to the Webhook."""

    path: str
    raw: bytes
    time: float = field(default_factory=time.time)
    headers: dict[str, str] = field(default_factory=dict)
    accepted: bool = False

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class Webhook(StandIn):
    """Any number of webhooks, one per path. Each follows its script of answers, and is well after the end of it.

    A word is a status, "ok", "close" (no answer), or "hang" (no answer until the script is replaced).
    A number after a colon is sent as Retry-After.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.scripts: dict[str, list[str]] = {}
        self.releases: dict[str, threading.Event] = {}

    def script(self, path: str, *words: str) -> None:
        """Replaces the script, and lets go of requests that hang: they are answered ok."""
        with self.lock:
            self.scripts[path] = list(words)
            self.releases.pop(path, threading.Event()).set()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        call = Call(request.path, body, headers=dict(request.headers))
        with self.lock:
            words = self.scripts.get(request.path, [])
            word, _, wish = (words.pop(0) if words else "ok").partition(":")
            release = self.releases.setdefault(request.path, threading.Event())
            call.accepted = word == "ok"
            self.calls.append(call)
        if word == "close":
            request.close_connection = True
        elif word == "hang":
            while not release.wait(0.05):
                if self.closing.is_set():
                    return
            with self.lock:
                call.accepted = True
            self.answer(request, 200, "ok", "text/plain")
        elif word == "ok":
            self.answer(request, 200, "ok", "text/plain")
        else:
            headers = {"Retry-After": wish} if wish else {}
            self.answer(request, int(word), f"told to answer {word}", "text/plain", headers)

    def all(self, path: str) -> list[Call]:
        with self.lock:
            return [call for call in self.calls if call.path == path]

    def accepted(self, path: str) -> list[Call]:
        return [call for call in self.all(path) if call.accepted]

    def told(self, path: str, alert: str, status: str) -> list[Call]:
        """Accepted calls that say of an alert of this name that it fires, or is resolved."""
        return [
            call
            for call in self.accepted(path)
            if any(one["labels"].get("alertname") == alert and one["status"] == status for one in call.body["alerts"])
        ]
