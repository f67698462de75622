"""A conversation in Slack: one message per group, edited in place, its changes in a thread."""

from typing import Any

from case import EndToEnd
from daemon import receiver, route
from waiting import wait_until


def alert(instance: str, **more: Any) -> dict[str, Any]:
    return {"labels": {"alertname": "Slow", "severity": "warning", "instance": instance}, **more}


class SlackThreads(EndToEnd):
    def test_a_group_is_one_message_whose_changes_go_into_its_thread(self) -> None:
        """A group is one message, edited in place; its changes go into its thread, and what is tried again says so."""
        self.inbox_program = self.inbox()
        slack = {
            "app_url": f"{self.inbox_program.url}/api/chat.postMessage",
            "app_token": "xoxb-1",
            "channel": "#ops",
            "threads": True,
            "send_resolved": True,
        }
        tocsin = self.daemon()
        tocsin.write_config(
            {
                "global": {"message_style": "tocsin"},
                "route": route("chat"),
                "receivers": [receiver("chat", slack_configs=[slack])],
            }
        )
        tocsin.start()

        tocsin.post_alerts(alert("a"))
        (parent,) = self.wait_for_messages(1)
        self.assertEqual(parent["channel"], "#ops")
        self.assertNotIn("thread_ts", parent)
        ts = "1700000000.000001"

        self.inbox_program.will_answer("slack", "ok,503")
        tocsin.post_alerts(alert("a"), alert("b"))
        _, change, reply, again, same = self.wait_for_messages(5)
        for edited in (change, again):
            self.assertEqual((edited["channel"], edited["ts"]), ("C-ops", ts))
            self.assertIn("[FIRING 2]", edited["blocks"][0]["text"]["text"])
        self.assertEqual((reply["thread_ts"], reply["reply_broadcast"]), (ts, True), "what is new is told to the channel")
        self.assertIn("+1 new (b), 1 unchanged", reply["text"])
        self.assertEqual(same["client_msg_id"], reply["client_msg_id"], "tried again as the same message")

        tocsin.post_alerts(alert("a", endsAt="2020-01-01T00:00:00Z"), alert("b", endsAt="2020-01-01T00:00:00Z"))
        green, over = self.wait_for_messages(7)[5:]
        self.assertEqual(green["ts"], ts)
        self.assertIn("🟢 [RESOLVED 2]", green["blocks"][0]["text"]["text"])
        self.assertEqual(over["thread_ts"], ts)
        self.assertNotIn("reply_broadcast", over)

        tocsin.post_alerts(alert("c"))
        anew = self.wait_for_messages(8)[7]
        self.assertNotIn("ts", anew)
        self.assertNotIn("thread_ts", anew)

    def wait_for_messages(self, count: int) -> list[dict[str, Any]]:
        def enough() -> list[dict[str, Any]] | None:
            pages = self.inbox_program.all("slack")
            return [page["body"] for page in pages] if len(pages) >= count else None

        bodies = wait_until(f"{count} requests to Slack", enough)
        self.assertEqual(len(bodies), count)
        return bodies
