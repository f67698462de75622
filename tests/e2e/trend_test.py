"""What pages show of the recent past, from a real Prometheus; and that they do without where it does not answer."""

import struct
import unittest
import zlib
from email.message import EmailMessage

from case import EndToEnd
from daemon import ask, group, receiver, route, rule, webhook
from mail_server import MailServer
from waiting import wait_until

BARS = r"[▁▂▃▄▅▆▇█·]{2,20}"


def png_size(data: bytes) -> tuple[int, int]:
    """Checks every chunk's sum on the way."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, kinds, size = 8, [], (0, 0)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0]
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        kinds.append(kind)
        at += 12 + length
    assert kinds[-1] == b"IEND"
    return size


class Trends(EndToEnd):
    def test_pages_show_what_a_real_prometheus_saw(self) -> None:
        """Slack, PagerDuty and mail show the values with the rule's threshold, the mail as a picture of its own."""
        exporter = self.exporter()
        exporter.set(oven_celsius=20)
        inbox = self.inbox()
        self.unpacked("../sbin/exim4")
        mail_server = MailServer(self.folder)
        self.own(mail_server.program)
        mail_server.start()
        prometheus = self.prometheus(exporter)
        tocsin = self.daemon()
        tocsin.write_rules(group(rule("OvenTooHot", "oven_celsius > 250", "2s", labels={"severity": "critical"}), interval="250ms"))
        tocsin.write_config({
            "prometheus": [tocsin.server(prometheus.url, trend_span="12s")],
            "route": route("all"),
            "receivers": [receiver(
                "all",
                slack_configs=[{"api_url": inbox.url + "/services/T/B/X", "channel": "#a", "send_resolved": True}],
                pagerduty_configs=[{"routing_key": "k" * 32, "url": inbox.url + "/v2/enqueue"}],
                email_configs=[{
                    "to": "ops@example.org", "from": "alerts@example.com", "smarthost": mail_server.smarthost("starttls"),
                    "tls_config": {"ca_file": str(mail_server.certificate)}, "auth_username": "tocsin",
                    "auth_password": "secret", "send_resolved": True,
                }],
            )],
        })  # fmt: skip
        tocsin.start()
        wait_until("the rule is evaluated", lambda: tocsin.rule("OvenTooHot")["health"] == "ok")
        past = "/api/v1/query?query=count_over_time(oven_celsius%5B1m%5D)"

        def has_a_past() -> bool:
            return int(ask(prometheus.address, "GET", past).json["data"]["result"][0]["value"][1]) >= 8

        wait_until("Prometheus has a past", has_a_past)
        exporter.set(oven_celsius=300)
        words = rf"^{BARS} 300 \(threshold 250, last .*\)$"
        [slack] = wait_until("Slack", lambda: inbox.pages("slack", "OvenTooHot", "firing"))
        self.assert_matches(slack["body"]["blocks"][-1]["text"]["text"], rf"`{words[1:-1]}`")
        [pagerduty] = wait_until("PagerDuty", lambda: inbox.pages("pagerduty", "OvenTooHot", "firing"))
        self.assert_matches(pagerduty["body"]["payload"]["custom_details"]["trend"], words)
        self.judge_mail(mail_server.wait_for(1)[0], words)

        exporter.set(oven_celsius=20)
        resolved = mail_server.wait_for(2)[1]
        self.assert_matches(resolved.get_body(("plain",)).get_content(), rf"(?m){words.replace('300', '(300|20)')}")
        tocsin.post_alerts({"labels": {"alertname": "Posted"}, "generatorURL": "http://x/graph?g0.expr=oven_celsius"})
        [posted] = wait_until("the posted alert's page", lambda: inbox.pages("slack", "Posted"))
        self.assertNotIn("threshold", str(posted["body"]))

    def judge_mail(self, mail: EmailMessage, words: str) -> None:
        self.assertEqual(mail.get_content_type(), "multipart/alternative")
        plain, related = mail.iter_parts()
        self.assert_matches(plain.get_content(), rf"(?m){words}")
        self.assertEqual(related.get_content_type(), "multipart/related")
        html, picture = related.iter_parts()
        self.assertEqual((html.get_content_type(), picture.get_content_type()), ("text/html", "image/png"))
        self.assertEqual(related.get_param("type"), "text/html")
        content_id = picture["Content-ID"].strip("<>")
        self.assertIn(f'<img src="cid:{content_id}"', html.get_content())
        self.assert_matches(html.get_content(), rf'alt="{words[1:-1]}"')
        self.assertEqual(picture.get_content_disposition(), "inline")
        width, height = png_size(picture.get_content())
        self.assertGreater(width, height)
        self.assertLess(len(picture.get_content()), 40_000)

    def test_a_page_goes_out_while_prometheus_does_not_say_what_was(self) -> None:
        """A range query that hangs costs a page its trend, and nothing else."""
        prometheus, webhooks = self.fake_prometheus(), self.webhook()
        prometheus.looking_back_hangs = True
        tocsin = self.daemon()
        tocsin.write_rules(group(rule("Hot", "celsius > 5"), rule("Cold", "celsius < 5"), interval="250ms"))
        tocsin.write_config({
            "prometheus": [tocsin.server(prometheus.url)],
            "route": route("hook", group_wait="0s"),
            "receivers": [receiver("hook", **webhook(webhooks.url + "/a"))],
        })  # fmt: skip
        prometheus.set("celsius > 5", ({"instance": "a"}, 6.0))
        tocsin.start()
        wait_until("the page arrives", lambda: webhooks.told("/a", "Hot", "firing"))
        self.assertEqual(prometheus.looks_back, ["celsius"])
        self.let_evaluations_pass(prometheus, 2, "celsius > 5")
        prometheus.looking_back_hangs = False

    def test_a_server_without_trends_is_not_asked(self) -> None:
        prometheus, webhooks = self.fake_prometheus(), self.webhook()
        tocsin = self.daemon()
        tocsin.write_rules(group(rule("Hot", "celsius > 5"), interval="250ms"))
        tocsin.write_config({
            "prometheus": [tocsin.server(prometheus.url, trend_span="0s")],
            "route": route("hook"),
            "receivers": [receiver("hook", **webhook(webhooks.url + "/a"))],
        })  # fmt: skip
        prometheus.set("celsius > 5", ({"instance": "a"}, 6.0))
        tocsin.start()
        wait_until("the page arrives", lambda: webhooks.told("/a", "Hot", "firing"))
        self.assertEqual(prometheus.looks_back, [])


class ChangeEvents(EndToEnd):
    def test_pagerduty_hears_of_changed_rules_once_and_of_nothing_else(self) -> None:
        """At a reload that changes rules; a first attempt that fails is followed by another."""
        prometheus, services = self.fake_prometheus(), self.webhook()
        tocsin = self.daemon()
        rules = [rule("Hot", "celsius > 5"), rule("Gone", "celsius < 1")]
        tocsin.write_rules(group(*rules))
        wants = {"routing_key": "k" * 32, "url": services.url + "/v2/enqueue", "change_events": True}
        config = {
            "prometheus": [tocsin.server(prometheus.url)],
            "route": route("duty"),
            "receivers": [
                receiver("duty", pagerduty_configs=[wants]),
                receiver("other", pagerduty_configs=[{**wants, "change_events": False}]),
            ],
        }
        tocsin.write_config(config)
        tocsin.start()
        self.assertEqual(tocsin.reload().status, 200)
        path = "/v2/change/enqueue"
        services.script(path, "503", "ok")
        tocsin.write_rules(group(rule("Hot", "celsius > 7", "1m"), rule("New", "up == 0")))
        self.assertEqual(tocsin.reload().status, 200)
        [first, second] = wait_until("two attempts", lambda: len(found := services.all(path)) >= 2 and found)
        self.assertEqual(first.raw, second.raw)
        event = second.body
        self.assertEqual(event["routing_key"], "k" * 32)
        summary = "Rules changed: 1 added (New), 1 removed (Gone), 1 changed (Hot: expr, for)"
        self.assertEqual(event["payload"]["summary"], summary)
        self.assertTrue(event["payload"]["source"])
        self.assertEqual(event["payload"]["custom_details"]["changed"], ["Hot: expr, for (group group, rules.yml)"])
        wait_until("it is logged", lambda: "Told of changed rules" in tocsin.program.text())
        self.assertEqual(len(services.calls), 2, "the first start, and the reload that changed nothing, said nothing")

    def test_what_changed_between_two_runs_is_told_once_by_the_later_one(self) -> None:
        """Rules change while the program is down; and it is killed before it could tell. What is told last proves that
        nothing else was said before."""
        prometheus, services = self.fake_prometheus(), self.webhook()
        tocsin = self.daemon()
        path = "/v2/change/enqueue"
        wants = {"routing_key": "k" * 32, "url": services.url + "/v2/enqueue", "change_events": True}
        tocsin.write_rules(group(rule("Hot", "celsius > 5"), rule("Gone", "celsius < 1")))
        tocsin.write_config({
            "prometheus": [tocsin.server(prometheus.url)],
            "route": route("duty"),
            "receivers": [receiver("duty", pagerduty_configs=[wants])],
        })  # fmt: skip

        def summaries() -> list[str]:
            return [call.body["payload"]["summary"] for call in services.all(path)]

        def told(*expected: str) -> None:
            wait_until(f"{len(expected)} events", lambda: len(summaries()) >= len(expected))
            self.assertEqual(summaries(), [f"Rules changed: {what}" for what in expected])

        tocsin.start()
        tocsin.stop()
        tocsin.write_rules(group(rule("Hot", "celsius > 7", "1m"), rule("New", "up == 0")))
        tocsin.start()
        so_far = ["1 added (New), 1 removed (Gone), 1 changed (Hot: expr, for)"]
        told(*so_far)
        wait_until("it is logged", lambda: "Told of changed rules" in tocsin.program.text())
        tocsin.kill()
        tocsin.start()  # nothing has changed

        services.script(path, "503", "ok")
        tocsin.write_rules(group(rule("Hot", "celsius > 7", "1m")))
        self.assertEqual(tocsin.reload().status, 200)
        so_far.append("1 removed (New)")
        told(*so_far)
        tocsin.kill()  # before the second attempt
        tocsin.start()
        so_far.append("1 removed (New)")
        told(*so_far)
        refused, again = services.all(path)[-2:]
        self.assertEqual(refused.raw, again.raw, "with the time of the reload")
        wait_until("it is logged", lambda: tocsin.program.text().count("Told of changed rules") == 2)
        tocsin.stop()
        tocsin.start()
        tocsin.write_rules(group(rule("Hot", "celsius > 8", "1m")))
        self.assertEqual(tocsin.reload().status, 200)
        told(*so_far, "1 changed (Hot: expr)")


if __name__ == "__main__":
    unittest.main()
