"""Webhooks to be notified: one that knows when which alert arrived, and one that only counts, but fast."""

import http.client
import json
import shutil
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from contender import PATIENCE, free_port


class Stopwatch:
    """Notes the time at which each alert first arrived, by its label `id`."""

    def __init__(self) -> None:
        self.arrivals: dict[str, float] = {}
        self.news = threading.Condition()
        stopwatch = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                now = time.perf_counter()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                stopwatch.note(json.loads(body)["alerts"], now)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def note(self, alerts: list[dict[str, Any]], now: float) -> None:
        with self.news:
            for alert in alerts:
                self.arrivals.setdefault(alert["labels"].get("id", ""), now)
            self.news.notify_all()

    def wait_for(self, id: str) -> float:
        with self.news:
            if not self.news.wait_for(lambda: id in self.arrivals, PATIENCE):
                raise SystemExit(f"the page about {id} did not arrive within {PATIENCE:.0f} s")
            return self.arrivals[id]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class FastSink:
    """An nginx that answers 200 to everything and counts: a storm shall measure the sender, not its audience."""

    CONFIG = """
        worker_processes 1; daemon off; pid {0}/pid; error_log {0}/errors crit; events {{ worker_connections 4096; }}
        http {{
          access_log off; keepalive_requests 10000000; client_body_temp_path {0}/1; proxy_temp_path {0}/2;
          fastcgi_temp_path {0}/3; uwsgi_temp_path {0}/4; scgi_temp_path {0}/5;
          server {{
            listen 127.0.0.1:{1} backlog=4096;
            location = /count {{ stub_status; }}
            location / {{ return 200; }}
          }}
        }}"""

    def __init__(self, nginx: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bench-nginx-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.questions = 0  # our own requests, which it counts too
        (self.folder / "nginx.conf").write_text(self.CONFIG.format(self.folder, self.port))
        command = [nginx, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.connection: http.client.HTTPConnection | None = None
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.count()
                return
            except OSError:
                self.connection = None
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise SystemExit("nginx does not start") from None
                time.sleep(0.02)

    def count(self) -> int:
        """Requests so far, but for these questions."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        self.connection.request("GET", "/count")
        numbers = self.connection.getresponse().read().decode().split("requests")[1].split()
        self.questions += 1
        return int(numbers[2]) - self.questions

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while (now := self.count()) < count:
            if time.monotonic() > deadline:
                raise SystemExit(f"only {now} of {count} notifications within {PATIENCE:.0f} s")
            time.sleep(0.002)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
