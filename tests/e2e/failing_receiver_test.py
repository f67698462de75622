"""Receivers that refuse, fail, ask for time, or hang: the others are not delayed, and each is told in the end, once."""

import time
import unittest

from case import EndToEnd
from daemon import receiver, rfc3339, route, webhook
from waiting import wait_until

# Path; what it answers before it is well; what the metric counts the failures as.
FAILURES = [
    ("/refuses", ["400"], "clientError"),
    ("/forbids", ["403"], "authError"),
    ("/fails", ["500", "503"], "serverError"),
    ("/limits", ["429:2"], "rateLimited"),
    ("/hangs-up", ["close", "close"], "other"),
    ("/hangs", ["hang"], "contextDeadlineExceeded"),
]


class AFailingReceiver(EndToEnd):
    def test_delays_nobody_and_is_told_in_the_end_once(self) -> None:
        """Receivers that answer 4xx, 5xx, 429, nothing, or hang: others hear at once, they hear in the end, once."""
        webhooks = self.webhook()
        tocsin = self.daemon()
        paths = [path for path, _, _ in FAILURES] + ["/well"]
        for path, words, _ in FAILURES:
            webhooks.script(path, *words)
        names = {path: path.strip("/") for path in paths}
        routes = [{"receiver": name, "continue": True, "matchers": ["alertname=~.+"]} for name in names.values()]
        receivers = [receiver(names[path], **webhook(webhooks.url + path, timeout="1s")) for path in paths]
        tocsin.write_config({"route": route("well", routes=routes), "receivers": receivers})
        tocsin.start()
        posted = time.time()
        alert = {"labels": {"alertname": "Disk"}, "endsAt": rfc3339(posted + 3600)}
        self.assertEqual(tocsin.post_alerts(alert).status, 200)

        [first] = wait_until("the one that is well hears", lambda: webhooks.accepted("/well"))
        self.assertLess(first.time - posted, 3.0, "not delayed")
        for path, _, _ in FAILURES:
            # The one that hangs holds its first request; the second is answered.
            wait_until(f"{path} hears in the end", lambda: [one for one in webhooks.all(path)[1:] if one.accepted])
        [early, late] = webhooks.all("/limits")
        self.assertGreaterEqual(late.time - early.time, 1.9, "it asked for two seconds")
        for path, words, reason in FAILURES:
            with self.subTest(path):
                self.assertEqual(len(webhooks.accepted(path)), 1, "exactly once")
                self.assertEqual(len(webhooks.all(path)), len(words) + 1, "one attempt for each answer")
        for path, words, reason in FAILURES:
            with self.subTest(reason):
                # Not more than the receiver saw. It may be less: a connection that is found closed when it is used
                # again is opened once more by the HTTP client, as part of the same attempt.
                failed = tocsin.metric("alertmanager_notifications_failed_total", integration="webhook", reason=reason)
                self.assertGreaterEqual(failed, 1)
                self.assertLessEqual(failed, len(words))
        requests = tocsin.metric("alertmanager_notification_requests_failed_total", integration="webhook")
        self.assertGreaterEqual(requests, len(FAILURES))

        # What was told is remembered: the end is told to all, once.
        self.assertEqual(tocsin.post_alerts({**alert, "endsAt": rfc3339(time.time())}).status, 200)
        for path in paths:
            wait_until(f"{path} hears of the end", lambda: webhooks.told(path, "Disk", "resolved"))
        for path in paths:
            self.assertEqual(len(webhooks.told(path, "Disk", "firing")), 1, path)

    def test_of_each_kind_is_tried_again_while_mail_and_chat_go_on(self) -> None:
        """Slack fails, PagerDuty asks for time, the mail server refuses for now: each page arrives after a retry."""
        inbox = self.inbox(mail=True)
        tocsin = self.daemon()
        tocsin.write_config(
            {
                "route": route("all"),
                "receivers": [
                    receiver(
                        "all",
                        slack_configs=[{"api_url": f"{inbox.url}/services/T/B/X", "channel": "#c"}],
                        pagerduty_configs=[{"routing_key": "0123456789abcdef" * 2, "url": f"{inbox.url}/v2/enqueue"}],
                        email_configs=[
                            {
                                "to": "a@example.com",
                                "from": "tocsin@example.com",
                                "smarthost": f"127.0.0.1:{inbox.ports['smtp']}",
                                "auth_username": "tocsin",
                                "auth_password": "secret",
                                "tls_config": {"ca_file": inbox.ports["ca_file"]},
                            }
                        ],
                        **webhook(f"{inbox.url}/webhook"),
                    )
                ],
            }
        )
        inbox.will_answer("slack", "500,close")
        inbox.will_answer("pagerduty", "429:1")
        inbox.will_answer("email", "451,mail:451")
        tocsin.start()
        posted = time.time()
        tocsin.post_alerts({"labels": {"alertname": "Disk"}, "endsAt": rfc3339(posted + 3600)})
        [first] = wait_until("the webhook hears", lambda: inbox.pages("webhook", "Disk"))
        self.assertLess(first["time"] - posted, 3.0)
        for kind in ("slack", "pagerduty", "email"):
            wait_until(f"{kind} hears in the end", lambda: inbox.pages(kind, "Disk"))
            self.assertGreaterEqual(
                tocsin.metric("alertmanager_notification_requests_failed_total", integration=kind), 1, kind
            )
        for kind in ("slack", "pagerduty", "email", "webhook"):
            self.assertEqual(len(inbox.pages(kind, "Disk")), 1, kind)


if __name__ == "__main__":
    unittest.main()
