#!/usr/bin/python3
"""Tests of what examples/ and the end-to-end tests stand on: the inbox, the AI service, the shortened rules.

    /usr/bin/python3 -B tests/support/examples_test.py

It needs promtool, from Debian's prometheus unpacked (tests/support/install.sh) into build/quickstart/root, or wherever
TOCSIN_PROGRAMS says.
"""

import http.client
import json
import os
import smtplib
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from email.message import EmailMessage
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = REPOSITORY / "examples"
PROGRAMS = Path(os.environ.get("TOCSIN_PROGRAMS", REPOSITORY / "build/quickstart/root/usr/bin"))

sys.path.insert(0, str(EXAMPLES / "ai"))
import shorten  # noqa: E402

EVENT = {
    "routing_key": "0123456789abcdef0123456789abcdef",
    "event_action": "trigger",
    "dedup_key": "d1",
    "payload": {"summary": "LowModelAccuracy", "source": "tocsin", "severity": "critical"},
}
WEBHOOK = {"version": "4", "status": "firing", "commonLabels": {"alertname": "A"}, "alerts": []}


class Started(unittest.TestCase):
    """Starts one of the example programs on free ports, and ends it."""

    def start(self, script: str, *options: str) -> dict:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        port_file = self.folder / "ports.json"
        command = [sys.executable, "-B", str(EXAMPLES / script), "--port-file", str(port_file), "--port", "0", *options]
        process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)
        self.addCleanup(process.wait, 10)
        self.addCleanup(process.terminate)
        deadline = time.monotonic() + 30
        while not port_file.exists():
            self.assertIsNone(process.poll(), f"{script} ended at its start")
            self.assertLess(time.monotonic(), deadline, f"{script} does not listen")
            time.sleep(0.02)
        self.ports = json.loads(port_file.read_text())
        return self.ports

    def ask(self, method: str, path: str, body: object = None, content_type: str = "application/json"):
        """Status, text and headers of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["http"], timeout=10)
        self.addCleanup(connection.close)
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        connection.request(method, path, data, {"Content-Type": content_type})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers


class InboxHttp(Started):
    def setUp(self) -> None:
        self.start("inbox.py", "--pages", "pages.jsonl")

    def pages(self) -> list[dict]:
        lines = [json.loads(line) for line in (self.folder / "pages.jsonl").read_text().splitlines()]
        self.assertEqual(lines, json.loads(self.ask("GET", "/pages")[1]))
        return lines

    def test_good_requests_get_the_documented_answers(self) -> None:
        self.assertEqual(self.ask("POST", "/services/T/B/X", {"text": "hello"})[:2], (200, "ok"))
        status, text, _ = self.ask("POST", "/v2/enqueue", EVENT)
        self.assertEqual((status, json.loads(text)["status"], json.loads(text)["dedup_key"]), (202, "success", "d1"))
        self.assertEqual(self.ask("POST", "/webhook", WEBHOOK)[0], 200)
        self.assertEqual([page["kind"] for page in self.pages()], ["slack", "pagerduty", "webhook"])
        self.assertTrue(all(page["accepted"] and page["problem"] is None for page in self.pages()))

    def test_requests_against_the_documentation_are_refused(self) -> None:
        bad_severity = {**EVENT["payload"], "severity": "page"}
        for path, body, status, word in [
            ("/services/T/B/X", "{", 400, "invalid_payload"),
            ("/services/T/B/X", {}, 400, "no_text"),
            ("/services/T/B/X", {"attachments": "text"}, 400, "invalid_attachments"),
            ("/services/T/B/X", {"attachments": [{"text": "a"}] * 101}, 400, "too_many_attachments"),
            ("/services/T/B/X", {"blocks": [{"type": "divider"}] * 51}, 400, "invalid_blocks"),
            ("/services/T/B/X", {"blocks": [{"text": {"text": "a"}}]}, 400, "invalid_blocks"),
            ("/services/T/B/X", {"blocks": [{"type": "header", "text": {"text": "a" * 151}}]}, 400, "invalid_blocks"),
            ("/services/T/B/X", {"attachments": [{"blocks": [{"type": "section", "text": {"text": ""}}]}]}, 400, "invalid_blocks"),
            ("/v2/enqueue", "no JSON", 400, "not a JSON object"),
            ("/v2/enqueue", {**EVENT, "routing_key": "short"}, 400, "routing_key"),
            ("/v2/enqueue", {**EVENT, "event_action": "page"}, 400, "event_action"),
            ("/v2/enqueue", {**EVENT, "dedup_key": ""}, 400, "dedup_key"),
            ("/v2/enqueue", {**EVENT, "payload": None}, 400, "payload.summary"),
            ("/v2/enqueue", {**EVENT, "payload": {**EVENT["payload"], "summary": "s" * 1025}}, 400, "payload.summary"),
            ("/v2/enqueue", {**EVENT, "payload": bad_severity}, 400, "payload.severity"),
            ("/webhook", {"version": "3"}, 400, "version 4"),
            ("/elsewhere", {}, 404, "no_service"),
        ]:
            with self.subTest(path=path, body=body):
                answer = self.ask("POST", path, body)
                self.assertEqual(answer[0], status)
                self.assertIn(word, answer[1])
        self.assertEqual(self.ask("POST", "/services/T/B/X", {"text": "a"}, "text/plain")[0], 400)
        self.assertFalse(any(page["accepted"] for page in self.pages()))

    def test_what_a_person_reads_is_taken_from_the_message(self) -> None:
        attachment = {"title": "[RESOLVED] Slow fraud (eu-1 warning)", "text": "it was", "color": "good"}
        self.ask("POST", "/services/T/B/X", {"channel": "#ai", "attachments": [attachment]})
        self.ask("POST", "/v2/enqueue", {key: EVENT[key] for key in ("routing_key", "dedup_key")} | {"event_action": "resolve"})
        slack, event = self.pages()
        self.assertEqual((slack["title"], slack["text"]), (attachment["title"], "it was"))
        self.assertEqual((slack["colour"], slack["severity"], slack["state"]), ("good", "warning", "resolved"))
        self.assertEqual(event["state"], "resolved")

    def test_what_a_person_reads_of_blocks_is_taken_from_them(self) -> None:
        header = {"type": "header", "text": {"type": "plain_text", "text": "🟡 [FIRING 2] Slow"}}
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "see <http://x|the graph>"}}
        context = {"type": "context", "elements": [{"type": "mrkdwn", "text": "footer"}]}
        attachment = {"color": "#ecb22e", "blocks": [context]}
        self.ask("POST", "/services/T/B/X", {"text": "short", "blocks": [header, section], "attachments": [attachment]})
        (page,) = self.pages()
        self.assertEqual((page["title"], page["text"]), ("🟡 [FIRING 2] Slow", "see the graph\nfooter"))
        self.assertEqual((page["colour"], page["severity"], page["state"]), ("#ecb22e", "warning", "firing"))

    def test_an_answer_list_is_used_up_one_request_at_a_time(self) -> None:
        self.assertEqual(self.ask("POST", "/answers/slack", "500,429:7,close,lost,ok")[0], 200)
        send = lambda: self.ask("POST", "/services/T/B/X", {"text": "a"})  # noqa: E731
        self.assertEqual(send()[0], 500)
        status, _, headers = send()
        self.assertEqual((status, headers["Retry-After"]), (429, "7"))
        for _ in ("close", "lost"):
            with self.assertRaises(http.client.RemoteDisconnected):
                send()
        self.assertEqual([send()[0], send()[0]], [200, 200])
        self.assertEqual([page["accepted"] for page in self.pages()], [False, False, False, True, True, True])
        self.assertEqual([page["answer"] for page in self.pages()], ["500", "429:7", "close", "lost", "200", "200"])

    def test_a_starred_answer_lasts_and_concerns_one_endpoint_only(self) -> None:
        self.ask("POST", "/answers/pagerduty", "503*")
        self.assertEqual([self.ask("POST", "/v2/enqueue", EVENT)[0] for _ in range(3)], [503] * 3)
        self.assertEqual(self.ask("POST", "/webhook", WEBHOOK)[0], 200)
        self.ask("POST", "/answers/pagerduty", "")
        self.assertEqual(self.ask("POST", "/v2/enqueue", EVENT)[0], 202)

    def test_a_hanging_endpoint_does_not_hold_the_others(self) -> None:
        self.ask("POST", "/answers/slack", "hang")
        hanging = http.client.HTTPConnection("127.0.0.1", self.ports["http"], timeout=0.3)
        self.addCleanup(hanging.close)
        hanging.request("POST", "/services/T/B/X", '{"text": "a"}', {"Content-Type": "application/json"})
        self.assertEqual(self.ask("POST", "/webhook", WEBHOOK)[0], 200)
        with self.assertRaises(TimeoutError):
            hanging.getresponse()

    def test_an_unknown_answer_is_refused(self) -> None:
        for words in ("maybe", "500*,ok", "auth:535", "delay:soon", "close:1"):
            with self.subTest(words=words):
                status, text, _ = self.ask("POST", "/answers/slack", words)
                self.assertEqual(status, 400)
                self.assertIn(words.split(",")[0], text)


class InboxMail(Started):
    def setUp(self) -> None:
        self.start("inbox.py", "--pages", "pages.jsonl", "--work-dir", ".")
        self.context = ssl.create_default_context(cafile=str(self.folder / "inbox-cert.pem"))

    def starttls(self) -> smtplib.SMTP:
        client = smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=10)
        self.addCleanup(client.close)
        client.starttls(context=self.context)
        return client

    def message(self) -> EmailMessage:
        message = EmailMessage()
        for name, value in {
            "Subject": "[FIRING:1] LowModelAccuracy (eu-1 critical)",
            "From": "tocsin@example.com",
            "To": "ops@example.com",
            "Date": "Mon, 23 Nov 2026 09:00:00 +0000",
            "Message-Id": "<1@example.com>",
        }.items():
            message[name] = value
        message.set_content("plain text")
        message.add_alternative("<p>rich <b>text</b></p>", subtype="html")
        return message

    def pages(self) -> list[dict]:
        file = self.folder / "pages.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def test_a_mail_arrives_over_starttls_and_over_implicit_tls_after_login(self) -> None:
        implicit = smtplib.SMTP_SSL("127.0.0.1", self.ports["smtps"], timeout=10, context=self.context)
        self.addCleanup(implicit.close)
        for client in (self.starttls(), implicit):
            client.login("tocsin", "secret")
            client.send_message(self.message())
        for page in self.pages():
            self.assertTrue(page["accepted"])
            self.assertEqual((page["state"], page["severity"]), ("firing", "critical"))
            self.assertEqual((page["body"]["user"], page["body"]["rcpt_tos"]), ("tocsin", ["ops@example.com"]))
            self.assertEqual(page["body"]["text"].strip(), "plain text")
            self.assertIn("<b>text</b>", page["body"]["html"])
            self.assertEqual(page["headers"]["To"], "ops@example.com")
        self.assertEqual(len(self.pages()), 2)

    def test_nothing_is_taken_without_tls_or_login(self) -> None:
        bare = smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=10)
        self.addCleanup(bare.close)
        with self.assertRaises(smtplib.SMTPSenderRefused):
            bare.send_message(self.message())
        with self.assertRaises(smtplib.SMTPSenderRefused):
            self.starttls().send_message(self.message())
        with self.assertRaises(smtplib.SMTPAuthenticationError):
            self.starttls().login("tocsin", "wrong")
        self.assertEqual(self.pages(), [])

    def test_a_mail_without_the_required_headers_is_refused(self) -> None:
        client = smtplib.SMTP("127.0.0.1", self.ports["smtp_plain"], timeout=10)
        self.addCleanup(client.close)
        with self.assertRaises(smtplib.SMTPDataError):
            client.sendmail("a@example.com", ["b@example.com"], "Subject: only this\r\n\r\ntext")
        self.assertIn("Message-Id", self.pages()[0]["problem"])

    def test_it_refuses_at_the_stage_it_is_told(self) -> None:
        self.ask("POST", "/answers/email", "auth:454,auth:454,mail:451,rcpt:550,452,lost,ok")
        with self.assertRaisesRegex(smtplib.SMTPAuthenticationError, "454"):
            self.starttls().login("tocsin", "secret")  # tries two mechanisms: hence the answer twice
        for failure in (
            smtplib.SMTPSenderRefused,
            smtplib.SMTPRecipientsRefused,
            smtplib.SMTPDataError,
            smtplib.SMTPServerDisconnected,
        ):
            client = self.starttls()
            client.login("tocsin", "secret")
            with self.assertRaises(failure):
                client.send_message(self.message())
        client = self.starttls()
        client.login("tocsin", "secret")
        client.send_message(self.message())
        client.send_message(self.message())
        found = [(page["answer"], page["accepted"]) for page in self.pages()]
        self.assertEqual(found, [("452", False), ("lost", True), ("250", True), ("250", True)])


class AiService(Started):
    def metric(self, name: str) -> float:
        lines = self.ask("GET", "/metrics")[1].splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    def test_it_exposes_its_metrics_and_obeys_its_switches(self) -> None:
        self.start("ai/inference_service.py", "--drifting")
        self.assertGreater(self.metric('ai_data_drift_score{feature="transaction_amount"'), 0.5)
        self.assertGreater(self.metric('ai_model_accuracy{model_name="fraud_detector",version="v1.2"}'), 0.9)
        self.assertEqual(self.ask("POST", "/switch?drifting=off&inaccurate=on")[0], 200)
        self.assertLess(self.metric('ai_data_drift_score{feature="transaction_amount"'), 0.5)
        self.assertLess(self.metric("ai_model_accuracy{"), 0.9)
        self.assertEqual(self.ask("POST", "/predict")[0], 200)
        self.assertGreater(self.metric('ai_inference_requests_total{model_name="fraud_detector"'), 0)
        self.assertGreater(self.metric('ai_inference_latency_seconds_bucket{le="10.0"'), 0)

    def test_an_unknown_switch_is_refused_and_changes_nothing(self) -> None:
        self.start("ai/inference_service.py")
        before = self.ask("GET", "/switch")[1]
        for query in ("fast=on", "slow=yes", "slow=on&fast=on"):
            self.assertEqual(self.ask("POST", f"/switch?{query}")[0], 400)
        self.assertEqual(self.ask("GET", "/switch")[1], before)


class Install(unittest.TestCase):
    def missing(self, listed: str) -> list[str]:
        """What install.sh finds missing of these packages, for a caller as strict as ours are."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "cmake").mkdir()
            (Path(folder) / "cmake/debian-packages.txt").write_text(listed)
            script = f"set -euo pipefail; source tests/support/install.sh; tocsin_repository={folder}; missing_packages"
            done = subprocess.run(["bash", "-c", script], cwd=REPOSITORY, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            return done.stdout.split()

    def test_only_missing_packages_are_named(self) -> None:
        listed = "# Tools\n\nbash  # always there\nno-such-package-1\ncoreutils\nno-such-package-2\n"
        self.assertEqual(self.missing(listed), ["no-such-package-1", "no-such-package-2"])
        self.assertEqual(self.missing("bash\n"), [])

    def test_the_list_of_this_repository_is_installed_where_the_tests_run(self) -> None:
        self.assertEqual(self.missing((REPOSITORY / "cmake/debian-packages.txt").read_text()), [])


class Rules(unittest.TestCase):
    def test_promtool_accepts_the_rules_as_shipped_and_shortened(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for rules in (EXAMPLES / "ai/rules").glob("*.yml"):
                quick = Path(folder) / rules.name
                self.assertIn("+        for: 10s", shorten.derive(rules, quick, {}))
                for file in (rules, quick):
                    done = subprocess.run([PROGRAMS / "promtool", "check", "rules", file], capture_output=True, text=True)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_durations_are_shortened_and_nothing_else(self) -> None:
        for before, after in [
            ("for: 5m", "for: 5s"),
            ("rate(a_bucket[5m])", "rate(a_bucket[5s])"),
            ("repeat_interval: 4h  # every 4h", "repeat_interval: 4m  # every 4h"),
            ("scrape_interval: 15s", "scrape_interval: 1s"),
            ("has been so for 30 minutes.", "has been so for 30 seconds."),
            ("# for: 5m", "# for: 5m"),
            ("> 7 * 86400", "> 7 * 86400"),
            ("http://host-5m:9090/5m", "http://host-5m:9090/5m"),
            ("histogram_quantile(0.99, x)", "histogram_quantile(0.99, x)"),
        ]:
            with self.subTest(before=before):
                self.assertEqual(shorten.shorten(before), after)

    def test_a_replacement_that_is_not_there_is_an_error(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(ValueError, "does not contain"):
                shorten.derive(EXAMPLES / "ai/tocsin.yml", Path(folder) / "quick.yml", {"nowhere:1": "here:2"})


if __name__ == "__main__":
    unittest.main()
