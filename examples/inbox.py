#!/usr/bin/python3
"""A local inbox that plays Slack, PagerDuty, a webhook and a mail server, prints each page and keeps it as a JSON line.

It checks what it receives against the documented interfaces, and can be told to misbehave, for tests:

    inbox.py --pages pages.jsonl --port-file ports.json --slack-answers 500,429:2,lost,ok

An answer list is used up one request at a time; after its end everything is well again. Its words:

    ok          the documented answer            close     store nothing, close without an answer
    500, 429…   this status, nothing stored      lost      store the page, close without an answer
    429:7       the same, with Retry-After: 7    hang      store nothing, never answer
    delay:3     ok, after three seconds          WORD*     this word for ever (only as the last)

For mail, three digits are the SMTP reply to the message (451, 550); auth:535, mail:451 and rcpt:550 refuse earlier.
While it runs, POST /answers/slack (pagerduty, webhook, email) with a list as the body replaces that list, and
GET /pages returns all lines so far.

HTTP: POST /services/… is Slack's incoming webhook, /api/chat.… its API (inbox_slack.py), /v2/enqueue PagerDuty's Events API v2, /webhook a webhook.
SMTP (inbox_smtp.py): STARTTLS, implicit TLS and plain, each on a port of its own. Every port is on 127.0.0.1.

A line of the pages file: kind (slack, pagerduty, webhook, email), time (Unix seconds), accepted, answer, problem (what is
wrong with the request, or null), path, headers, body, and what is printed: title, text, colour, severity, state.
"""

import argparse
import json
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

from inbox_pages import KINDS, Answers, Inbox, Page
from inbox_slack import SlackApi, receive_slack

# --- The documented interfaces: each reads a body into the page, and returns status and body of the answer. ----------


def receive_pagerduty(page: Page) -> tuple[int, str]:
    """PagerDuty's Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/"""
    body = page.body if isinstance(page.body, dict) else {}
    action = body.get("event_action")
    payload = body.get("payload") if isinstance(body.get("payload"), dict) else {}
    wrong = []
    if not isinstance(page.body, dict):
        wrong.append("the body is not a JSON object")
    if len(str(body.get("routing_key", ""))) != 32:
        wrong.append("'routing_key' is not 32 characters long")
    if action not in ("trigger", "acknowledge", "resolve"):
        wrong.append("'event_action' is none of trigger, acknowledge, resolve")
    if not 1 <= len(str(body.get("dedup_key", ""))) <= 255:
        wrong.append("'dedup_key' is missing or longer than 255 characters")
    if action == "trigger" or payload:
        if not payload.get("summary") or len(str(payload["summary"])) > 1024:
            wrong.append("'payload.summary' is missing or longer than 1024 characters")
        if not payload.get("source"):
            wrong.append("'payload.source' is missing")
        if payload.get("severity") not in ("critical", "error", "warning", "info"):
            wrong.append("'payload.severity' is none of critical, error, warning, info")
    if wrong:
        page.problem = "; ".join(wrong)
        return 400, json.dumps({"status": "invalid event", "message": "Event object is invalid", "errors": wrong})
    page.title = str(payload.get("summary", ""))
    page.text = f"dedup key {body['dedup_key']}"
    page.severity = str(payload.get("severity", ""))
    page.state = "firing" if action == "trigger" else f"{action}d"
    return 202, json.dumps({"status": "success", "message": "Event processed", "dedup_key": body["dedup_key"]})


def receive_webhook(page: Page) -> tuple[int, str]:
    """Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config"""
    body = page.body
    if not isinstance(body, dict) or body.get("version") != "4" or not isinstance(body.get("alerts"), list):
        page.problem = "not a version 4 webhook body"
        return 400, page.problem
    labels = body.get("commonLabels", {})
    page.title = str(labels.get("alertname", body.get("groupKey", "")))
    page.text = "\n".join(str(alert.get("annotations", {}).get("summary", "")) for alert in body["alerts"])
    page.severity = str(labels.get("severity", ""))
    page.state = str(body.get("status", ""))
    return 200, "ok"


Receive = Callable[[Page], tuple[int, str]]
SLACK_API = SlackApi()


def endpoint_of(path: str) -> tuple[str, Receive] | None:
    """Whom a path belongs to."""
    path = path.split("?")[0]
    if path in ("/api/chat.postMessage", "/api/chat.update"):
        return "slack", SLACK_API.receive
    if path.startswith("/services/"):
        return "slack", receive_slack
    if path == "/v2/enqueue":
        return "pagerduty", receive_pagerduty
    if path.startswith("/webhook"):
        return "webhook", receive_webhook
    return None


class Handler(BaseHTTPRequestHandler):
    """The HTTP side: reads a request, misbehaves when told to, and answers."""

    protocol_version = "HTTP/1.1"
    inbox: Inbox

    def do_GET(self) -> None:
        if self.path == "/pages":
            with self.inbox.lock:
                lines = list(self.inbox.lines)
            self.answer(200, "[" + ",\n".join(lines) + "]")
        else:
            self.answer(404, "There is only GET /pages here.")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        if self.path.startswith("/answers/") and self.path[len("/answers/") :] in KINDS:
            self.replace_answers(self.path[len("/answers/") :], raw)
            return
        endpoint = endpoint_of(self.path)
        if not endpoint:
            self.answer(404, "no_service")
            return
        kind, receive = endpoint
        try:
            body = json.loads(raw)
        except ValueError:
            body = raw
        page = Page(kind, self.path, dict(self.headers), body)
        self.carry_out(page, receive, self.inbox.answers[kind].take())

    def carry_out(self, page: Page, receive: Receive, word: str) -> None:
        """Answers a page as the word says."""
        status, text = receive(page)
        if status < 300 and "json" not in self.headers.get("Content-Type", ""):
            page.problem, status, text = "Content-Type is not application/json", 400, "invalid_payload"
        name, _, argument = word.partition(":")
        page.answer = word if name not in ("ok", "delay") else str(status)
        page.accepted = name in ("ok", "delay", "lost") and status < 300 and not page.problem
        if name == "delay":
            self.inbox.stopping.wait(float(argument))
        self.inbox.receive(page)
        if name == "hang":
            self.inbox.stopping.wait()
        if name in ("hang", "close", "lost"):
            self.close_connection = True
        elif name.isdigit():
            self.answer(int(name), f"told to answer {name}", {"Retry-After": argument} if argument else {})
        else:
            self.answer(status, text)

    def replace_answers(self, kind: str, words: str) -> None:
        try:
            self.inbox.answers[kind].replace(words)
            self.answer(200, "ok")
        except ValueError as problem:
            self.answer(400, str(problem))

    def answer(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if text[:1] in ("{", "[") else "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: a page is printed by the inbox."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def write_whole(path: Path, text: str) -> None:
    """So that whoever waits for the file never reads a half."""
    partial = path.with_suffix(".partial")
    partial.write_text(text)
    partial.rename(path)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, help="append each page to this file, one JSON line each")
    parser.add_argument("--port-file", type=Path, help="write http, smtp, smtps, smtp_plain and ca_file there as JSON")
    parser.add_argument("--port", type=int, default=0, help="of the HTTP side (default: a free one)")
    parser.add_argument("--work-dir", type=Path, help="for the mail server's certificate; without it, no mail server")
    parser.add_argument("--user", default="tocsin", help="whom the mail server lets in (default: %(default)s)")
    parser.add_argument("--password", default="secret", help="(default: %(default)s)")
    parser.add_argument("--quiet", action="store_true", help="print nothing")
    parser.add_argument("--since", type=float, help="Unix time that printed times count from (default: now)")
    for kind in KINDS:
        parser.add_argument(f"--{kind}-answers", default="", metavar="LIST", help="see above")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    try:
        answers = {kind: Answers(kind, getattr(options, f"{kind}_answers")) for kind in KINDS}
    except ValueError as problem:
        sys.exit(f"inbox.py: {problem}")
    since = time.time() if options.since is None else options.since
    sys.stdout.reconfigure(errors="backslashreplace")  # a page may hold what the terminal cannot show
    inbox = Inbox(options.pages, since, options.quiet, answers)
    server = Server(("127.0.0.1", options.port), type("BoundHandler", (Handler,), {"inbox": inbox}))
    ports: dict[str, Any] = {"http": server.server_port}
    if options.work_dir:
        from inbox_smtp import MailServer  # only here: the HTTP side works without aiosmtpd

        mail = MailServer(inbox, options.user, options.password, options.work_dir)
        ports.update(mail.start())
    if options.port_file:
        write_whole(options.port_file, json.dumps(ports))

    def stop(*_: Any) -> None:
        inbox.stopping.set()
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
