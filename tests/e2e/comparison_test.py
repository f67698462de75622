"""Side by side with Debian's Alertmanager: the same configuration, the same alerts, the same bytes."""

import json
import re
import time
import unittest

from case import EndToEnd
from daemon import ask, receiver, rfc3339, route, webhook
from programs import Program, relocated_alertmanager
from stand_ins import Webhook
from waiting import free_ports, wait_until

EXTERNAL_URL = "http://alerts.example.com/am"
# Keys of webhook bodies that Alertmanager has had only since 0.25, which is Debian's.
NEWER_KEYS = re.compile(rb'"(notification_reason|routeLabels)":("[^"]*"|\{[^}]*\}),')


class TheWebhookBody(EndToEnd):
    def config(self, target: Webhook) -> dict:
        routes = [{"receiver": "a&b", "matchers": ['site=~"<.*>|x"']}]
        root = route("a&b", group_by=["alertname", "site"], routes=routes)
        return {"route": root, "receivers": [receiver("a&b", **webhook(target.url + "/a"))]}

    def test_is_alertmanagers_byte_for_byte(self) -> None:
        """The same alerts, posted to Tocsin and to Alertmanager, give the same bytes at the webhook."""
        mine, theirs = self.webhook(), self.webhook()
        tocsin = self.daemon("tocsin", f"--web.external-url={EXTERNAL_URL}", "--web.route-prefix=/")
        tocsin.write_config(self.config(mine))
        tocsin.start()
        alertmanager = self.start_alertmanager(theirs)

        now = time.time()
        firing = [
            {"labels": {"alertname": "One", "site": "<b>&", "instance": "é\u2028\u007f\"\\"}},
            {"labels": {"alertname": "One", "site": "<b>&", "instance": "b"}, "annotations": {"a": "<&>\n\t\u0001"}},
            {"labels": {"alertname": "Two", "site": ""}, "annotations": {"a": "", "b": "1"}},
        ]
        for alert in firing:
            alert.update(generatorURL="http://prometheus.example.com/graph?g0.expr=a+%3E+b&g0.tab=1")
            # Alertmanager flushes a group with an old start as soon as its first alert is there.
            alert.update(startsAt=rfc3339(now), endsAt=rfc3339(now + 3600))
        resolved = [{**alert, "endsAt": rfc3339(now)} for alert in firing]
        for batch, count in ((firing, 2), (resolved, 4)):
            for address in (tocsin.address, alertmanager):
                answer = ask(address, "POST", "/api/v2/alerts", batch)
                self.assertEqual(answer.status, 200, answer.text)
            for target in (mine, theirs):
                wait_until(f"{count} calls", lambda: len(target.all("/a")) >= count)
        own = sorted(NEWER_KEYS.sub(b"", call.raw) for call in mine.all("/a"))
        other = sorted(NEWER_KEYS.sub(b"", call.raw) for call in theirs.all("/a"))
        self.assertEqual(own, other)
        self.assertEqual(mine.all("/a")[0].headers["Content-Type"], theirs.all("/a")[0].headers["Content-Type"])

    def start_alertmanager(self, target: Webhook) -> str:
        (self.folder / "alertmanager.yml").write_text(json.dumps(self.config(target)))
        address = f"127.0.0.1:{free_ports(1)[0]}"
        flags = ["--config.file=alertmanager.yml", "--storage.path=alertmanager-data", "--cluster.listen-address="]
        flags += [f"--web.listen-address={address}", f"--web.external-url={EXTERNAL_URL}", "--web.route-prefix=/"]
        self.unpacked("prometheus-alertmanager")
        program = self.own(Program("alertmanager", [relocated_alertmanager(self.folder), *flags], self.folder))
        program.start()
        program.wait_until_up("Alertmanager is ready", lambda: ask(address, "GET", "/-/ready").status == 200)
        return address


if __name__ == "__main__":
    unittest.main()
