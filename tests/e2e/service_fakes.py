"""Fakes of the services that are notified, on one server: each under a path of its own, as strict as its documentation.

Each checks what it is sent (required fields, sizes, types, credentials) and refuses what the service would refuse. Each
can also be in a bad mood, see MOODS: some of them have heard what they do not answer. What was heard is kept as Told,
by group: a notification says MARK GROUP STATUS FIRING somewhere in its text (see MARK_TEMPLATE).
"""

import hashlib
import hmac
import json
import random
import re
import socket
import ssl
import subprocess
import time
import urllib.parse
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from stand_ins import StandIn

MARK_TEMPLATE = "MARK {{ .GroupLabels.group }} {{ .Status }} {{ len .Alerts.Firing }}"
MARK = re.compile(r"MARK (\S+) (firing|resolved) (\d+)")

# What a service does instead of answering well. The last two have heard the notification.
MOODS = ("429", "500", "503", "hang", "close", "cut", "lost", "cut after storing")
HEARD = ("lost", "cut after storing")

# A repeat of a notification is one and the same incident, message or issue there.
IDEMPOTENT = ("incidentio", "jira", "opsgenie", "pagerduty", "victorops")


class Refused(Exception):
    """The service would not take this request."""


def demand(condition: Any, what: str) -> None:
    if not condition:
        raise Refused(what)


@dataclass
class Told:
    """One notification that a service has heard."""

    service: str
    group: str
    status: str
    firing: int
    time: float = field(default_factory=time.time)
    lost: bool = False  # its answer never left

    def says_the_same(self, other: "Told") -> bool:
        return (self.status, self.firing) == (other.status, other.firing)


@dataclass
class Request:
    method: str
    path: str  # without the service's own prefix
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    raw: bytes

    @property
    def json(self) -> Any:
        demand(self.headers.get("content-type", "").startswith("application/json"), "the content type is not JSON")
        try:
            return json.loads(self.raw)
        except ValueError as problem:
            raise Refused(f"not JSON: {problem}") from None

    @property
    def form(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.raw.decode(), keep_blank_values=True, strict_parsing=True))


@dataclass
class Reply:
    status: int
    body: str = ""
    told: Told | None = None
    content_type: str = "application/json"


def text_of(value: Any, key: str, most: int, least: int = 1) -> str:
    """A text of the mapping, within the service's limits in characters."""
    demand(isinstance(value, dict), f"what should hold {key} is not an object")
    text = value.get(key, "")
    demand(isinstance(text, str), f"{key} is not a text")
    demand(least <= len(text) <= most, f"{key} has {len(text)} characters")
    return text


class Fakes(StandIn):
    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__()
        self.random = random.Random(seed)
        self.bad_moods = 0.0  # which part of the requests meets one
        self.told: list[Told] = []
        self.refused: list[str] = []  # what no service should ever have been sent
        self.moods_met: dict[str, int] = defaultdict(int)
        self.requests: dict[str, int] = defaultdict(int)
        self.aliases: dict[str, str] = {}  # of incidents, to their groups
        self.issues: dict[str, dict[str, Any]] = {}  # of Jira, by key
        self.certificate = self.make_certificate(folder)

    @staticmethod
    def make_certificate(folder: Path) -> Path:
        """For Pushover, whose address cannot be configured: it is reached through a proxy that plays the service."""
        path = folder / "fakes.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            + ["-subj", "/CN=api.pushover.net", "-days", "2", "-keyout", path, "-out", folder / "fakes.crt"],
            check=True,
            capture_output=True,
        )
        path.write_bytes(path.read_bytes() + (folder / "fakes.crt").read_bytes())
        return path

    # --- what is sent to

    def receivers(self) -> dict[str, dict[str, Any]]:
        """The configuration of one integration of each kind, speaking to these fakes."""
        text = MARK_TEMPLATE
        secure = {"authorization": {"credentials": "webex-token"}}
        sigv4 = {"region": "eu-central-1", "access_key": "AKIDEXAMPLE", "secret_key": "wJalrXUtnFEMI"}
        through = {"proxy_url": self.url, "tls_config": {"insecure_skip_verify": True}}
        return {
            "webhook": {"url": self.url + "/webhook/hook"},
            "slack": {"api_url": self.url + "/slack/hook", "channel": "#alerts", "text": text},
            "pagerduty": {"url": self.url + "/pagerduty/v2/enqueue", "routing_key": "k" * 32, "description": text},
            "opsgenie": {"api_url": self.url + "/opsgenie/", "api_key": "opsgenie-key", "message": text},
            "telegram": {"api_url": self.url + "/telegram", "bot_token": "1:telegram", "chat_id": -100, "message": text},
            "discord": {"webhook_url": self.url + "/discord/api/webhooks/1/t", "message": text},
            "victorops": {"api_url": self.url + "/victorops/", "api_key": "k", "routing_key": "r", "state_message": text},
            "pushover": {"user_key": "u" * 30, "token": "t" * 30, "message": text, "http_config": through},
            "sns": {"api_url": self.url + "/sns/", "topic_arn": "arn:aws:sns:eu-central-1:1:t", "message": text, "sigv4": sigv4},
            "msteamsv2": {"webhook_url": self.url + "/msteamsv2/workflow", "text": text},
            "mattermost": {"webhook_url": self.url + "/mattermost/hooks/x", "text": text},
            "rocketchat": {"api_url": self.url + "/rocketchat/", "token": "rt", "token_id": "ri", "channel": "#a", "text": text},
            "webex": {"api_url": self.url + "/webex/v1/messages", "room_id": "room", "message": text, "http_config": secure},
            "wechat": {"api_url": self.url + "/wechat/cgi-bin/", "api_secret": "ws", "corp_id": "wc", "to_user": "@all", "message": text},
            "jira": {"api_url": self.url + "/jira/rest/api/2/", "project": "OPS", "issue_type": "Bug", "summary": text,
                     "resolve_transition": "Done", "reopen_transition": "To Do", "reopen_duration": "30d"},
            "incidentio": {"url": self.url + "/incidentio/v2/alert_events/http/1", "alert_source_token": "it"},
        }  # fmt: skip

    # --- judging

    def by_group(self) -> dict[str, list[Told]]:
        found: dict[str, list[Told]] = defaultdict(list)
        with self.lock:
            for one in self.told:
                found[one.group].append(one)
        return found

    # --- HTTP

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        address = urllib.parse.urlsplit(request.path)
        service, _, path = address.path.lstrip("/").partition("/")
        if service == "1":  # through the proxy
            service, path = "pushover", address.path
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = dict(urllib.parse.parse_qsl(address.query, keep_blank_values=True))
        asked = Request(request.command, path, query, headers, body)
        with self.lock:
            self.requests[service] += 1
            mood = self.random.choice(MOODS) if self.random.random() < self.bad_moods else "fine"
            self.moods_met[mood] += 1
        if mood in ("429", "500", "503"):
            headers = {"Retry-After": "1"} if mood == "429" else {}
            return self.answer(request, int(mood), f"told to answer {mood}", "text/plain", headers)
        if mood == "hang":
            self.closing.wait(2.5)
        if mood in ("hang", "close"):
            return self.hang_up(request)
        if mood == "cut":
            return self.send_half(request)
        try:
            reply = getattr(self, service, self.unknown)(asked)
        except Refused as problem:
            with self.lock:
                self.refused.append(f"{service}: {problem}: {body[:300]!r}")
            return self.answer(request, 400, str(problem), "text/plain")
        if reply.told:
            reply.told.lost = mood in HEARD
            with self.lock:
                self.told.append(reply.told)
        if mood == "lost":
            return self.hang_up(request)
        if mood == "cut after storing":
            return self.send_half(request)
        self.answer(request, reply.status, reply.body, reply.content_type)

    @staticmethod
    def hang_up(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        try:
            request.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def connect(self, request: BaseHTTPRequestHandler) -> None:
        """The proxy's part: what follows on this connection is for api.pushover.net, in TLS."""
        request.send_response(200, "Connection established")
        request.end_headers()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        tunnel = context.wrap_socket(request.connection, server_side=True, do_handshake_on_connect=False)
        request.connection = tunnel  # closed with the request, whatever comes of it
        try:
            tunnel.do_handshake()
        except OSError:
            request.close_connection = True
            return
        request.rfile = request.connection.makefile("rb", -1)
        request.wfile = request.connection.makefile("wb", 0)
        request.close_connection = False

    def unknown(self, asked: Request) -> Reply:
        raise Refused(f"no service at {asked.path}")

    # --- the services, by the name of their path

    def marked(self, service: str, text: str, alias: str = "") -> Told:
        mark = MARK.search(text)
        demand(mark, f"{service} heard nothing of a group")
        assert mark
        if alias:
            with self.lock:
                demand(self.aliases.setdefault(f"{service}/{alias}", mark[1]) == mark[1], "one incident, two groups")
        return Told(service, mark[1], mark[2], int(mark[3]))

    def webhook(self, asked: Request) -> Reply:
        return Reply(200, "", self.alertmanager_message("webhook", asked.json, "4"))

    def incidentio(self, asked: Request) -> Reply:
        demand(asked.headers.get("authorization") == "Bearer it", "no token")
        demand(len(asked.raw) <= 512 * 1024, "larger than 512 KiB")
        return Reply(202, '{"status":"accepted"}', self.alertmanager_message("incidentio", asked.json, "1"))

    @staticmethod
    def alertmanager_message(service: str, message: Any, version: str) -> Told:
        kinds = {"receiver": str, "status": str, "alerts": list, "groupLabels": dict, "commonLabels": dict}
        kinds |= {"commonAnnotations": dict, "externalURL": str, "version": str, "groupKey": str}
        kinds |= {"truncatedAlerts": int}
        demand(isinstance(message, dict), "not an object")
        for key, kind in kinds.items():
            demand(isinstance(message.get(key), kind), f"{key} is missing or of another type")
        demand(message["version"] == version, "another version")
        demand(message["alerts"], "no alerts")
        for alert in message["alerts"]:
            demand(isinstance(alert.get("labels"), dict), "an alert without labels")
            for key in ("status", "startsAt", "endsAt", "fingerprint"):
                demand(isinstance(alert.get(key), str), f"{key} of an alert is missing or of another type")
            demand(re.fullmatch(r"[0-9a-f]{16}", alert["fingerprint"]), "no fingerprint")
        firing = sum(alert["status"] == "firing" for alert in message["alerts"])
        demand(message["status"] == ("firing" if firing else "resolved"), "the status is not that of the alerts")
        return Told(service, message["groupLabels"]["group"], message["status"], firing)

    def slack(self, asked: Request) -> Reply:
        message = asked.json
        demand(isinstance(message, dict), "not an object")
        text_of(message, "channel", 80)
        text_of(message, "text", 40_000, 0)
        blocks = message.get("blocks", [])
        demand(isinstance(blocks, list) and len(blocks) <= 50, "more than 50 blocks")
        attachments = message.get("attachments", [])
        demand(isinstance(attachments, list) and len(attachments) <= 100, "attachments")
        demand(attachments or blocks or message.get("text"), "no_text")
        for attachment in attachments:
            text_of(attachment, "title", 1024, 0)
            text_of(attachment, "text", 40_000, 0)
            demand(isinstance(attachment.get("mrkdwn_in", []), list), "mrkdwn_in is not a list")
        return Reply(200, "ok", self.marked("slack", json.dumps(message)), "text/html")

    def pagerduty(self, asked: Request) -> Reply:
        demand(asked.path == "v2/enqueue" and asked.method == "POST", "another address")
        demand(len(asked.raw) <= 512_000, "larger than 512 KB")
        event = asked.json
        demand(len(text_of(event, "routing_key", 32)) == 32, "routing_key has 32 characters")
        dedup_key = text_of(event, "dedup_key", 255)
        demand(event.get("event_action") in ("trigger", "resolve", "acknowledge"), "event_action")
        if event["event_action"] == "trigger" or "payload" in event:
            payload = event.get("payload")
            summary = text_of(payload, "summary", 1024)
            text_of(payload, "source", 10_000)
            demand(payload.get("severity") in ("critical", "error", "warning", "info"), "severity")
            demand(all("src" in image for image in event.get("images", [])), "an image without src")
            demand(all("href" in link for link in event.get("links", [])), "a link without href")
        told = self.marked("pagerduty", summary, dedup_key)
        demand(told.status == {"trigger": "firing", "resolve": "resolved"}[event["event_action"]], "event_action")
        return Reply(202, json.dumps({"status": "success", "message": "Event processed", "dedup_key": dedup_key}), told)

    def opsgenie(self, asked: Request) -> Reply:
        demand(asked.headers.get("authorization") == "GenieKey opsgenie-key", "no key")
        answer = json.dumps({"result": "Request will be processed", "took": 0.1, "requestId": "r"})
        alert = asked.json
        if asked.path == "v2/alerts":
            message = text_of(alert, "message", 130)
            alias = text_of(alert, "alias", 512)
            text_of(alert, "description", 15_000, 0)
            demand(alert.get("priority", "P3") in ("P1", "P2", "P3", "P4", "P5"), "priority")
            demand(isinstance(alert.get("details", {}), dict), "details is not an object")
            return Reply(202, answer, self.marked("opsgenie", message, alias))
        closing = re.fullmatch(r"v2/alerts/([^/]+)/close", asked.path)
        demand(closing and asked.query.get("identifierType") == "alias", "another address")
        assert closing
        with self.lock:
            group = self.aliases.get("opsgenie/" + closing[1])
        demand(group, "closes what was never opened")
        assert group
        return Reply(202, answer, Told("opsgenie", group, "resolved", 0))

    def telegram(self, asked: Request) -> Reply:
        demand(asked.path == "bot1:telegram/sendMessage", "another address")
        message = asked.json
        text = text_of(message, "text", 4096)
        demand(str(message.get("chat_id")) == "-100", "chat_id")
        demand(message.get("parse_mode", "HTML") in ("HTML", "Markdown", "MarkdownV2"), "parse_mode")
        return Reply(200, '{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":-100}}}', self.marked("telegram", text))

    def discord(self, asked: Request) -> Reply:
        message = asked.json
        text_of(message, "content", 2000, 0)
        embeds = message.get("embeds", [])
        demand(isinstance(embeds, list) and len(embeds) <= 10, "embeds")
        for embed in embeds:
            text_of(embed, "title", 256, 0)
            text_of(embed, "description", 4096, 0)
            demand(isinstance(embed.get("color", 0), int), "color is not a number")
        return Reply(204, "", self.marked("discord", json.dumps(message)))

    def victorops(self, asked: Request) -> Reply:
        demand(asked.path == "k/r", "another key")
        event = asked.json
        entity = text_of(event, "entity_id", 512)
        text = text_of(event, "state_message", 20_480)
        kinds = ("CRITICAL", "WARNING", "INFO", "ACKNOWLEDGEMENT", "RECOVERY")
        demand(event.get("message_type") in kinds, "message_type")
        told = self.marked("victorops", text, entity)
        demand((event["message_type"] == "RECOVERY") == (told.status == "resolved"), "message_type")
        return Reply(200, json.dumps({"result": "success", "entity_id": entity}), told)

    def pushover(self, asked: Request) -> Reply:
        demand(asked.path == "/1/messages.json" and asked.method == "POST", "another address")
        given = dict(asked.query)
        if "x-www-form-urlencoded" in asked.headers.get("content-type", ""):
            given |= asked.form
        demand(given.get("token") == "t" * 30 and given.get("user") == "u" * 30, "token or user")
        text = text_of(given, "message", 1024)
        text_of(given, "title", 250, 0)
        text_of(given, "url", 512, 0)
        demand(given.get("priority", "0") in ("-2", "-1", "0", "1", "2"), "priority")
        if given.get("priority") == "2":
            demand(int(given["retry"]) >= 30 and int(given["expire"]) <= 10_800, "retry and expire")
        return Reply(200, '{"status":1,"request":"r"}', self.marked("pushover", text))

    def sns(self, asked: Request) -> Reply:
        form = asked.form
        demand(form.get("Action") == "Publish" and form.get("Version") == "2010-03-31", "Action")
        demand(form.get("TopicArn") == "arn:aws:sns:eu-central-1:1:t", "TopicArn")
        text = form.get("Message", "")
        demand(1 <= len(text.encode()) <= 262_144, "Message")
        subject = form.get("Subject")
        demand(subject is None or 1 <= len(subject) <= 100, "Subject")
        self.check_signature(asked)
        body = "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>"
        return Reply(200, body, self.marked("sns", text), "text/xml")

    @staticmethod
    def check_signature(asked: Request) -> None:
        """AWS Signature Version 4, computed anew."""
        pattern = r"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/(\d{8})/eu-central-1/sns/aws4_request, ?"
        pattern += r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
        found = re.fullmatch(pattern, asked.headers.get("authorization", ""))
        demand(found, "no signature")
        assert found
        day, names, signature = found.groups()
        demand("host" in names.split(";") and "x-amz-date" in names.split(";"), "host and date are to be signed")
        signed = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in names.split(";"))
        digest = hashlib.sha256(asked.raw).hexdigest()
        canonical = f"{asked.method}\n/sns/{asked.path}\n\n{signed}\n{names}\n{digest}"
        scope = f"{day}/eu-central-1/sns/aws4_request"
        to_sign = f"AWS4-HMAC-SHA256\n{asked.headers['x-amz-date']}\n{scope}\n"
        to_sign += hashlib.sha256(canonical.encode()).hexdigest()
        key = b"AWS4wJalrXUtnFEMI"
        for part in (day, "eu-central-1", "sns", "aws4_request", to_sign):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        demand(hmac.compare_digest(key.hex(), signature), "the signature is wrong")

    def msteamsv2(self, asked: Request) -> Reply:
        demand(len(asked.raw) <= 28 * 1024, "larger than 28 KB")
        message = asked.json
        demand(message.get("type") == "message" and len(message.get("attachments", [])) == 1, "type or attachments")
        card = message["attachments"][0]
        demand(card.get("contentType") == "application/vnd.microsoft.card.adaptive", "contentType")
        content = card.get("content", {})
        demand(content.get("type") == "AdaptiveCard" and isinstance(content.get("body"), list), "no card")
        for block in content["body"]:
            demand(block.get("type") == "TextBlock", "an unknown block")
            text_of(block, "text", 28_000, 0)
        return Reply(202, "", self.marked("msteamsv2", json.dumps(message)))

    def mattermost(self, asked: Request) -> Reply:
        message = asked.json
        text_of(message, "text", 16_383, 0)
        demand(message.get("text") or message.get("attachments"), "no text")
        demand(isinstance(message.get("attachments", []), list), "attachments")
        return Reply(200, "ok", self.marked("mattermost", json.dumps(message)), "text/plain")

    def rocketchat(self, asked: Request) -> Reply:
        demand(asked.path == "api/v1/chat.postMessage", "another address")
        demand(asked.headers.get("x-auth-token") == "rt" and asked.headers.get("x-user-id") == "ri", "no token")
        message = asked.json
        text_of(message, "channel", 80)
        for attachment in message.get("attachments", []):
            text_of(attachment, "title", 1024, 0)
        answer = json.dumps({"success": True, "ts": 1, "channel": "a", "message": {"_id": "m"}})
        return Reply(200, answer, self.marked("rocketchat", json.dumps(message)))

    def webex(self, asked: Request) -> Reply:
        demand(asked.headers.get("authorization") == "Bearer webex-token", "no token")
        message = asked.json
        demand(message.get("roomId") == "room", "roomId")
        text = text_of(message, "markdown", 7439)
        demand(len(text.encode()) <= 7439, "markdown is too long")
        return Reply(200, '{"id":"m"}', self.marked("webex", text))

    def wechat(self, asked: Request) -> Reply:
        if asked.path == "cgi-bin/gettoken":
            demand(asked.query == {"corpid": "wc", "corpsecret": "ws"}, "corpid or corpsecret")
            return Reply(200, '{"errcode":0,"errmsg":"ok","access_token":"wt","expires_in":7200}')
        demand(asked.path == "cgi-bin/message/send", "another address")
        demand(asked.query.get("access_token") == "wt", "access_token")
        message = asked.json
        demand(message.get("touser") or message.get("toparty") or message.get("totag"), "for nobody")
        kind = message.get("msgtype")
        demand(kind in ("text", "markdown"), "msgtype")
        text = text_of(message.get(kind), "content", 2048)
        demand(len(text.encode()) <= 2048, "content is too long")
        return Reply(200, '{"errcode":0,"errmsg":"ok","msgid":"m"}', self.marked("wechat", text))

    def jira(self, asked: Request) -> Reply:
        path = asked.path.removeprefix("rest/api/2/")
        if path == "search":
            return self.search_issues(asked.json)
        if path == "issue":
            return self.write_issue(None, asked.json)
        found = re.fullmatch(r"issue/([A-Z]+-\d+)(/transitions)?", path)
        demand(found and found[1] in self.issues, "no such issue")
        assert found
        if not found[2]:
            demand(asked.method == "PUT", "an issue is changed by PUT")
            return self.write_issue(found[1], asked.json)
        names = {"Done": "31", "To Do": "11"}
        if asked.method == "GET":
            return Reply(200, json.dumps({"transitions": [{"id": id, "name": name} for name, id in names.items()]}))
        wanted = asked.json.get("transition", {}).get("id")
        demand(wanted in names.values(), "transition")
        with self.lock:
            self.issues[found[1]]["done"] = wanted == "31"
        return Reply(204)

    def search_issues(self, query: Any) -> Reply:
        jql = text_of(query, "jql", 10_000)
        label = re.search(r'labels="(ALERT\{[0-9a-f]{64}\})"', jql)
        demand(label and 'project="OPS"' in jql, "jql")
        assert label
        with self.lock:
            found = [{"key": key, **one} for key, one in self.issues.items() if label[1] in one["labels"]]
        if "statusCategory != Done" in jql:
            found = [one for one in found if not one["done"]]
        category = {True: "done", False: "new"}
        issues = [
            {"key": one["key"], "fields": {"status": {"name": "s", "statusCategory": {"key": category[one["done"]]}}}}
            for one in found
        ]
        return Reply(200, json.dumps({"issues": issues}))

    def write_issue(self, key: str | None, body: Any) -> Reply:
        fields = body.get("fields", {})
        summary = text_of(fields, "summary", 255)
        text_of(fields, "description", 32_767, 0)
        demand(fields.get("project") == {"key": "OPS"} and fields.get("issuetype") == {"name": "Bug"}, "project")
        labels = fields.get("labels", [])
        demand(all(isinstance(label, str) and " " not in label for label in labels), "labels")
        told = self.marked("jira", summary, "".join(labels))
        with self.lock:
            if key:
                return Reply(204, "", told)
            key = f"OPS-{len(self.issues) + 1}"
            self.issues[key] = {"labels": labels, "done": False}
        return Reply(201, json.dumps({"id": key[4:], "key": key}), told)
