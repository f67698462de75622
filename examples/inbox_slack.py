"""The inbox as Slack: its incoming webhook, and the part of its API that posts and changes messages."""

import json
import re
import threading
from typing import Any

from inbox_pages import Page, severity_in


def receive_slack(page: Page) -> tuple[int, str]:
    """Slack's incoming webhook: https://api.slack.com/messaging/webhooks"""
    body = page.body
    if not isinstance(body, dict):
        page.problem = "the body is not a JSON object"
        return 400, "invalid_payload"
    attachments = body.get("attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        page.problem = "attachments is not a list of objects"
        return 400, "invalid_attachments"
    if not (body.get("text") or attachments or body.get("blocks")):
        page.problem = "there is neither text nor attachments nor blocks"
        return 400, "no_text"
    if len(attachments) > 100:
        page.problem = "there are more than 100 attachments"
        return 400, "too_many_attachments"
    blocks = [block for part in (body, *attachments) for block in part.get("blocks") or []]
    problem = problem_of_blocks(blocks)
    if problem:
        page.problem = problem
        return 400, "invalid_blocks"
    first = attachments[0] if attachments else {}
    shown = [text for text in map(text_of_block, blocks) if text]
    page.title = str(first.get("title") or first.get("fallback") or (shown and shown[0]) or body.get("text") or "")
    page.text = str(first.get("text") or "\n".join(shown[1:]))
    page.colour = str(first.get("color") or "")
    page.severity = severity_in(page.title)
    page.state = "resolved" if "[RESOLVED" in page.title or page.colour == "good" else "firing"
    return 200, "ok"


def text_of_block(block: dict) -> str:
    """What a person reads of a block."""
    parts = [block.get("text"), *(block.get("fields") or []), *(block.get("elements") or [])]
    texts = [str(part.get("text") or "") for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    return "\n".join(re.sub(r"<[^|<>]*\|([^<>]*)>", r"\1", text).replace("```", "") for text in texts)


def problem_of_blocks(blocks: list) -> str | None:
    """What Slack would refuse: https://api.slack.com/reference/block-kit/blocks"""
    if len(blocks) > 50:
        return "there are more than 50 blocks"
    for block in blocks:
        if not isinstance(block, dict) or not block.get("type"):
            return "a block has no type"
        text = block.get("text")
        length = len(str(text.get("text") or "")) if isinstance(text, dict) else 0
        if block["type"] in ("header", "section") and text is not None and not length:
            return f"a {block['type']} has no text"
        if length > {"header": 150, "section": 3000}.get(block["type"], 12000):
            return f"the text of a {block['type']} is too long"
    return None


class SlackApi:
    """One workspace: https://api.slack.com/methods/chat.postMessage and chat.update. A bot's token begins with xoxb-.

    It knows a repeated message by its client_msg_id, and stores it once.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.messages: dict[str, str] = {}  # ts -> channel
        self.sent: dict[str, str] = {}  # client_msg_id -> ts

    def receive(self, page: Page) -> tuple[int, str]:
        status, _ = receive_slack(page)
        with self.lock:
            error = page.problem and "invalid_blocks" or self.refusal(page)
            if error:
                page.problem = page.problem or error
                return 200, json.dumps({"ok": False, "error": error})
            ts = self.store(page.path, page.body)
        return status, json.dumps({"ok": True, "channel": page.body["channel"].replace("#", "C-"), "ts": ts})

    def refusal(self, page: Page) -> str | None:
        body, token = page.body, page.headers.get("Authorization", "")
        if not token.startswith("Bearer xoxb-"):
            return "not_authed"
        if not body.get("channel"):
            return "channel_not_found"
        if page.path == "/api/chat.update" and body.get("ts") not in self.messages:
            return "message_not_found"
        if body.get("thread_ts") and body["thread_ts"] not in self.messages:
            return "thread_not_found"
        return None

    def store(self, path: str, body: dict[str, Any]) -> str:
        if path == "/api/chat.update":
            return str(body["ts"])
        sent = self.sent.get(body.get("client_msg_id", ""))
        if sent:
            return sent
        ts = f"1700000000.{len(self.messages) + 1:06d}"
        self.messages[ts] = str(body["channel"])
        if body.get("client_msg_id"):
            self.sent[body["client_msg_id"]] = ts
        return ts
