"""`tocsin receiver`: trying a receiver out, without a running server."""

import json
import unittest

from case import EndToEnd
from daemon import receiver, route, run_tocsin


class TryingAReceiver(EndToEnd):
    def setUp(self) -> None:
        self.webhooks = self.webhook()
        config = {
            "route": route("team"),
            "receivers": [
                receiver(
                    "team",
                    webhook_configs=[{"url": self.webhooks.url + "/a"}, {"url": self.webhooks.url + "/b"}],
                    ntfy_configs=[{"url": self.webhooks.url + "/ntfy", "topic": "very-secret"}],
                )
            ],
        }
        (self.folder / "tocsin.yml").write_text(json.dumps(config))

    def test_a_test_page_arrives_and_is_told_to_be_over(self) -> None:
        """Each service gets the page and its end, and the command says what it answered."""
        done = run_tocsin("receiver", "test", "team", "--resolve", folder=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        for path in ("/a", "/b"):
            [page] = self.webhooks.told(path, "TocsinTest", "firing")
            self.assertEqual(page.body["commonLabels"]["test"], "this is a test")
            self.assertEqual(len(self.webhooks.told(path, "TocsinTest", "resolved")), 1)
        self.assertEqual(len(self.webhooks.accepted("/ntfy")), 2)
        self.assertEqual(self.webhooks.accepted("/ntfy")[0].body["topic"], "very-secret")
        self.assert_matches(done.stdout, r"team/webhook\[0\]: test page delivered in \S+, status 200: ok")

    def test_what_does_not_arrive_is_said_and_fails(self) -> None:
        self.webhooks.script("/b", "403")
        done = run_tocsin("receiver", "test", "team", "--integration=webhook", folder=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assert_matches(
            done.stdout,
            r"team/webhook\[0\]: test page delivered",
            r"team/webhook\[1\]: test page rejected: HTTP 403: told to answer 403",
        )
        self.assertEqual(self.webhooks.all("/ntfy"), [])
        self.assertEqual(run_tocsin("receiver", "test", "teem", folder=self.folder).returncode, 2)

    def test_a_preview_is_what_would_be_sent(self) -> None:
        """Byte for byte, and nothing is sent."""
        preview = ["receiver", "preview", "team", "--show-secrets", "-o", "json", "--integration", "ntfy[0]"]
        [shown] = json.loads(run_tocsin(*preview, folder=self.folder).stdout)
        self.assertEqual(self.webhooks.all("/ntfy"), [])
        self.assertEqual(run_tocsin("receiver", "test", "team", folder=self.folder).returncode, 0)
        [sent] = self.webhooks.accepted("/ntfy")
        self.assertEqual(shown["url"], self.webhooks.url + "/ntfy")
        self.assertEqual(shown["body"].encode(), sent.raw)
        for header in shown["headers"]:
            self.assertEqual(sent.headers[header["name"]], header["value"])
        hidden = run_tocsin("receiver", "preview", "team", folder=self.folder)
        self.assertEqual(hidden.returncode, 0)
        self.assertNotIn("very-secret", hidden.stdout)


if __name__ == "__main__":
    unittest.main()
