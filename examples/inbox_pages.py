"""What inbox.py and inbox_smtp.py share: pages, where they are kept and shown, and how an endpoint shall answer."""

import json
import os
import sys
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import time as unix_time
from typing import Any

KINDS = ("slack", "pagerduty", "webhook", "email")
NAMES = {"slack": "Slack", "pagerduty": "PagerDuty", "webhook": "Webhook", "email": "E-mail"}
LINES_SHOWN = 12  # of one page on the terminal; the pages file has everything


class Answers:
    """How one endpoint shall answer its next requests."""

    def __init__(self, kind: str, words: str) -> None:
        self.kind = kind
        self.lock = threading.Lock()
        self.replace(words)

    def replace(self, words: str) -> None:
        parsed = [word.strip() for word in words.split(",") if word.strip()]
        for position, word in enumerate(parsed):
            if word.endswith("*") and position < len(parsed) - 1:
                raise ValueError(f"{word}: only the last answer can be for ever")
            if not is_answer(self.kind, word.rstrip("*")):
                raise ValueError(f"{word}: no answer of {self.kind}; see inbox.py --help")
        with self.lock:
            self.words = parsed

    def peek(self) -> str:
        with self.lock:
            return self.words[0].rstrip("*") if self.words else "ok"

    def take(self) -> str:
        with self.lock:
            if not self.words:
                return "ok"
            return self.words[0].rstrip("*") if self.words[0].endswith("*") else self.words.pop(0)


def is_answer(kind: str, word: str) -> bool:
    """Whether this endpoint understands the word."""
    name, _, argument = word.partition(":")
    known = name in ("ok", "close", "lost", "hang") and not argument
    status = len(name) == 3 and name.isdigit() and (not argument or argument.isdigit())
    delay = name == "delay" and argument.replace(".", "", 1).isdigit()
    stage = kind == "email" and name in ("auth", "mail", "rcpt") and argument.isdigit() and len(argument) == 3
    return known or status or delay or stage


@dataclass
class Page:
    """One request as it came, and how a person would read it."""

    kind: str
    path: str
    headers: dict[str, str]
    body: Any
    time: float = field(default_factory=unix_time)
    accepted: bool = False
    answer: str = ""
    problem: str | None = None
    title: str = ""
    text: str = ""
    colour: str = ""
    severity: str = ""
    state: str = ""


class Inbox:
    """All pages: writes them to a file and, unless quiet, prints them. Safe to use from several threads."""

    def __init__(self, pages: Path | None, since: float, quiet: bool, answers: dict[str, Answers]) -> None:
        self.answers = answers
        self.since = since
        self.quiet = quiet
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.lines: list[str] = []
        self.file = open(pages, "a", encoding="utf-8") if pages else None

    def receive(self, page: Page) -> None:
        """Keeps the page, on disk before it returns, so that an accepted page survives the inbox."""
        line = json.dumps(asdict(page))
        with self.lock:
            self.lines.append(line)
            if self.file:
                self.file.write(line + "\n")
                self.file.flush()
            if not self.quiet:
                print(self.render(page), flush=True)

    def render(self, page: Page) -> str:
        """A page for the terminal: one line of facts, then its text."""
        facts = [NAMES[page.kind], page.state.upper(), page.severity, page.colour and f"colour {page.colour}"]
        if not page.accepted:
            facts.append(f"not accepted: {page.problem or 'answered ' + page.answer}")
        head = f"{page.time - self.since:7.1f} s  " + "  ".join(fact for fact in facts if fact)
        if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            head = f"\033[1;{31 if page.state == 'firing' else 32}m{head}\033[0m"
        text = [line.strip() for line in [page.title, *page.text.splitlines()] if line.strip()]
        shown = text if len(text) <= LINES_SHOWN else [*text[:LINES_SHOWN], f"… {len(text) - LINES_SHOWN} lines more"]
        return "\n".join([head, *(f"           {line}" for line in shown)])


def severity_in(title: str) -> str:
    """The severity, where a title names it: by Tocsin's symbol, or as a word in Alertmanager's form."""
    for symbol, severity in {"🔴": "critical", "🟠": "error", "🟡": "warning", "🔵": "info"}.items():
        if title.startswith(symbol):
            return severity
    return next((word for word in ("critical", "error", "warning", "info") if word in title.lower().split("(")[-1]), "")
