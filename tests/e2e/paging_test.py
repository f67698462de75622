"""The main job, against a real Prometheus."""

import email
import email.policy
import hashlib
import unittest
from typing import Any

from case import EndToEnd, RealPrometheus
from daemon import group, receiver, route, rule, unix_time, webhook
from waiting import wait_until

CONFIG = """\
global:
  evaluation_interval: 250ms
  smtp_from: tocsin@example.com
  smtp_smarthost: 127.0.0.1:{smtp}
  smtp_auth_username: tocsin
  smtp_auth_password: secret
  external_labels: {{cluster: eu-1}}
prometheus:
  - name: main
    url: {prometheus}
    rule_files: [rules/*.yml]
route:
  receiver: everybody
  group_by: [alertname]
  group_wait: 300ms
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: everybody
    slack_configs:
      - api_url: {inbox}/services/T/B/X
        channel: '#oven'
        send_resolved: true
    pagerduty_configs:
      - routing_key: 0123456789abcdef0123456789abcdef
        url: {inbox}/v2/enqueue
    email_configs:
      - to: cook@example.com
        send_resolved: true
        tls_config: {{ca_file: {ca_file}}}
        text: '{{{{ range .Alerts }}}}{{{{ .Annotations.summary }}}}{{{{ end }}}}'
    webhook_configs:
      - url: {inbox}/webhook
"""
RULES = """\
groups:
  - name: oven
    rules:
      - alert: OvenTooHot
        expr: oven_celsius > 250
        for: 500ms
        labels: {severity: critical}
        annotations:
          summary: 'The oven has {{ $value | printf "%.0f" }} degrees & more'
"""
KINDS = ("slack", "pagerduty", "email", "webhook")


class AnAlertOfARealPrometheus(EndToEnd):
    def test_fires_and_resolves_through_all_four_receivers(self) -> None:
        """An alert of a real Prometheus fires and resolves through Slack, PagerDuty, e-mail and a webhook."""
        exporter = self.exporter()
        exporter.set(oven_celsius=20)
        self.inbox_program = self.inbox(mail=True)
        prometheus = self.prometheus(exporter)
        self.start_tocsin(prometheus)
        wait_until("a first, healthy evaluation", lambda: self.tocsin.rule("OvenTooHot")["health"] == "ok")
        self.assertEqual(self.tocsin.rule("OvenTooHot")["state"], "inactive")

        exporter.set(oven_celsius=300)
        firing = {kind: self.wait_for_page(kind, "firing") for kind in KINDS}
        exporter.set(oven_celsius=20)
        resolved = {kind: self.wait_for_page(kind, "resolved") for kind in KINDS}

        self.judge_slack(firing["slack"]["body"], resolved["slack"]["body"])
        self.judge_pagerduty(firing["pagerduty"]["body"], resolved["pagerduty"]["body"])
        self.judge_mail(firing["email"], "🔴 [FIRING] OvenTooHot")
        self.judge_mail(resolved["email"], "🟢 [RESOLVED] OvenTooHot")
        self.judge_webhook(firing["webhook"]["body"], resolved["webhook"]["body"], prometheus.url)
        for kind in KINDS:
            self.assertEqual(len(self.inbox_program.all(kind)), 2, f"{kind}: one page of each state, no attempt failed")
            total = "alertmanager_notifications_total"
            wait_until(f"{kind} is counted", lambda: self.tocsin.metric(total, integration=kind) == 2)
            self.assertEqual(self.tocsin.metric("alertmanager_notifications_failed_total", integration=kind), 0)

    def start_tocsin(self, prometheus: RealPrometheus) -> None:
        inbox = self.inbox_program
        self.tocsin = self.daemon()
        (self.folder / "rules").mkdir()
        (self.folder / "rules/oven.yml").write_text(RULES)
        ports = {"smtp": inbox.ports["smtp"], "ca_file": inbox.ports["ca_file"]}
        self.tocsin.write_config(CONFIG.format(prometheus=prometheus.url, inbox=inbox.url, **ports))
        self.tocsin.start()

    def wait_for_page(self, kind: str, state: str) -> dict[str, Any]:
        def page() -> dict[str, Any] | None:
            found = [page for page in self.inbox_program.all(kind) if page["accepted"] and page["state"] == state]
            return found[0] if found else None

        return wait_until(f"{kind} hears that it is {state}", page)

    def judge_slack(self, firing: dict[str, Any], resolved: dict[str, Any]) -> None:
        self.assertEqual(firing["channel"], "#oven")
        title, summary, changes = (block["text"]["text"] for block in firing["blocks"])
        where = "cluster=eu-1, instance={}, job=exporter".format(self.instance())
        self.assertEqual(title, f"🔴 [FIRING] OvenTooHot — {where}")
        self.assertEqual(firing["text"].splitlines()[0], title, "what a lock screen shows")
        self.assertIn("The oven has 300 degrees &amp; more", summary)
        self.assert_matches(changes, r"^\+1 new; first fired \d+ s ago; notified: 1st time(\n`.* 300 \(threshold 250, last .*\)`)?$")
        self.assertIn("/#/silences/new?filter=%7B", firing["attachments"][0]["blocks"][0]["text"]["text"])
        self.assert_matches(resolved["blocks"][0]["text"]["text"], r"^🟢 \[RESOLVED\] OvenTooHot ")
        self.assert_matches(resolved["blocks"][-1]["text"]["text"], r"^resolved after \d+ s; notified: 2nd time(\n`.*`)?$")
        self.assertEqual((firing["attachments"][0]["color"], resolved["attachments"][0]["color"]), ("#d40e0d", "#2eb67d"))

    def instance(self) -> str:
        """The label that Prometheus gave to the series."""
        webhooks = self.inbox_program.pages("webhook")
        return webhooks[0]["body"]["commonLabels"]["instance"]

    def judge_pagerduty(self, trigger: dict[str, Any], resolve: dict[str, Any]) -> None:
        self.assertEqual((trigger["event_action"], resolve["event_action"]), ("trigger", "resolve"))
        key = '{}:{alertname="OvenTooHot"}'
        self.assertEqual(trigger["dedup_key"], hashlib.sha256(key.encode()).hexdigest(), "the key of Alertmanager")
        self.assertEqual(resolve["dedup_key"], trigger["dedup_key"], "the resolve closes the incident of the trigger")
        self.assert_matches(trigger["payload"]["summary"], r"^🔴 \[FIRING\] OvenTooHot ")
        self.assertEqual(trigger["payload"]["severity"], "critical", "from the alert's label")
        self.assert_matches(trigger["payload"]["custom_details"]["changes"], r"^\+1 new; ")

    def judge_mail(self, page: dict[str, Any], subject: str) -> None:
        self.assertEqual(page["body"]["user"], "tocsin", "logged in, and that only behind STARTTLS")
        self.assertEqual(page["body"]["mail_from"], "tocsin@example.com")
        self.assertEqual(page["body"]["rcpt_tos"], ["cook@example.com"])
        message = email.message_from_string(page["body"]["raw"], policy=email.policy.default)
        self.assertTrue(str(message["Subject"]).startswith(subject), message["Subject"])
        self.assertEqual(message.get_content_type(), "multipart/alternative")
        self.assertEqual([part.get_content_type() for part in message.iter_parts()], ["text/plain", "text/html"])
        plain, html = (part.get_content() for part in message.iter_parts())
        self.assertEqual(plain.strip(), "The oven has 300 degrees & more")
        self.assertIn("OvenTooHot", html)
        self.assertIn("The oven has 300 degrees &amp; more", html)
        self.assertNotIn("degrees & more", html)

    def judge_webhook(self, firing: dict[str, Any], resolved: dict[str, Any], prometheus_url: str) -> None:
        must = ["receiver", "status", "alerts", "groupLabels", "commonLabels", "commonAnnotations"]
        must += ["externalURL", "version", "groupKey", "truncatedAlerts"]
        for body in (firing, resolved):
            self.assertEqual([key for key in body if key in must], must, "all of version 4, in its order")
            self.assertEqual((body["version"], body["receiver"], body["truncatedAlerts"]), ("4", "everybody", 0))
            self.assertEqual(body["groupKey"], '{}:{alertname="OvenTooHot"}')
            self.assertEqual(body["externalURL"], self.tocsin.url)
        self.assertEqual((firing["status"], resolved["status"]), ("firing", "resolved"))
        [first], [second] = firing["alerts"], resolved["alerts"]
        self.assertEqual(first["endsAt"], "0001-01-01T00:00:00Z", "nobody knows when it will end")
        self.assertEqual(second["startsAt"], first["startsAt"])
        self.assertGreater(unix_time(second["endsAt"]), unix_time(first["startsAt"]))
        self.assertEqual(second["fingerprint"], first["fingerprint"])
        self.assert_matches(first["fingerprint"], "^[0-9a-f]{16}$")
        self.assertEqual(first["generatorURL"], f"{prometheus_url}/graph?g0.expr=oven_celsius+%3E+250&g0.tab=1")
        self.assertEqual(first["labels"]["cluster"], "eu-1")
        self.assertEqual(first["annotations"], {"summary": "The oven has 300 degrees & more"})


class ARealPrometheusWithRulesOfItsOwn(EndToEnd):
    def test_delivers_its_alerts_through_tocsin(self) -> None:
        """A real Prometheus whose alerting.alertmanagers names Tocsin delivers its own rules' alerts through it."""
        webhooks = self.webhook()
        tocsin = self.daemon()
        tocsin.write_config({"route": route("hook"), "receivers": [receiver("hook", **webhook(webhooks.url + "/a"))]})
        tocsin.start()
        exporter = self.exporter()
        exporter.set(queue_length=1)
        tocsin.write_rules(group(rule("QueueLong", "queue_length > 10", annotations={"summary": "{{ $value }} wait"})))
        prometheus = self.prometheus(
            exporter,
            rule_files=["rules.yml"],
            alerting={"alertmanagers": [{"api_version": "v2", "static_configs": [{"targets": [tocsin.address]}]}]},
        )
        exporter.set(queue_length=12)
        [first] = wait_until("the page arrives", lambda: webhooks.told("/a", "QueueLong", "firing"))
        [alert] = first.body["alerts"]
        self.assertEqual(alert["annotations"], {"summary": "12 wait"})
        self.assertEqual(alert["labels"]["job"], "exporter")
        self.assertIn("/graph?g0.expr=queue_length", alert["generatorURL"])
        [shown] = tocsin.get("/api/v2/alerts").json
        self.assertEqual(shown["labels"], alert["labels"])

        exporter.set(queue_length=1)
        [last] = wait_until("its end arrives", lambda: webhooks.told("/a", "QueueLong", "resolved"))
        self.assertEqual(last.body["alerts"][0]["startsAt"], alert["startsAt"])
        self.assertEqual(len(webhooks.all("/a")), 2, "Prometheus sends again and again; people hear twice")
        self.assertEqual(tocsin.metric("alertmanager_alerts_invalid_total"), 0)
        self.assertGreaterEqual(tocsin.metric("alertmanager_alerts_received_total"), 2)
        self.assertTrue(prometheus.program.is_running())


if __name__ == "__main__":
    unittest.main()
