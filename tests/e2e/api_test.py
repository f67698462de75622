"""The HTTP API of a running Tocsin, as Alertmanager's, Prometheus' and their tools' users know it."""

import json
import subprocess
import time
import unittest
from typing import Any

from case import EndToEnd
from daemon import ask, group, receiver, rfc3339, route, rule, webhook
from waiting import wait_until

TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"


class Api(EndToEnd):
    def setUp(self) -> None:
        self.webhooks = self.webhook()
        self.prometheus_api = self.fake_prometheus()
        self.prometheus_api.raise_series("up == 0", instance="a", job="web")
        self.prometheus_api.raise_series("slow > 1", instance="a", job="web")
        self.tocsin = self.daemon()
        summary = {"summary": "{{ $labels.instance }} is down"}
        down = rule("Down", "up == 0", labels={"severity": "critical"}, annotations=summary)
        self.tocsin.write_rules(group(down, rule("Slow", "slow > 1", "1h"), name="web"))
        hook = webhook(self.webhooks.url + "/a", http_config={"authorization": {"credentials": "hidden-token"}})
        self.tocsin.write_config(
            {
                "global": {"evaluation_interval": "250ms"},
                "prometheus": [self.tocsin.server(self.prometheus_api.url)],
                "route": route("hook", routes=[{"receiver": "spare", "matchers": ["team=spare"]}]),
                "receivers": [receiver("hook", **hook), receiver("spare")],
            }
        )
        self.tocsin.start()
        wait_until("Down is told", lambda: self.webhooks.told("/a", "Down", "firing"))

    def test_has_the_shapes_of_alertmanager(self) -> None:
        """Health, metrics, status, receivers, alerts and groups have Alertmanager's shapes."""
        for path in ("/-/healthy", "/-/ready"):
            self.assertEqual((self.tocsin.get(path).status, self.tocsin.get(path).text.strip()), (200, "OK"))
            self.assertEqual(ask(self.tocsin.address, "HEAD", path).status, 200)
        self.judge_metrics()
        status = self.tocsin.get("/api/v2/status").json
        self.assertEqual(set(status), {"cluster", "versionInfo", "config", "uptime"})
        keys = {"version", "revision", "branch", "buildUser", "buildDate", "goVersion"}
        self.assertEqual(set(status["versionInfo"]), keys)
        self.assertEqual(status["cluster"]["status"], "disabled")
        self.assert_matches(status["uptime"], TIME)
        self.assertNotIn("hidden-token", status["config"]["original"])
        self.assertIn("group_interval", status["config"]["original"])
        receivers = [{"name": name, "labels": {"name": name}} for name in ("hook", "spare")]
        self.assertEqual(self.tocsin.get("/api/v2/receivers").json, receivers)

        [alert] = self.tocsin.get("/api/v2/alerts").json
        self.judge_alert(alert)
        [part] = self.tocsin.get("/api/v2/alerts/groups").json
        self.assertEqual(set(part) - {"routeLabels"}, {"alerts", "labels", "receiver"})
        self.assertEqual((part["labels"], part["receiver"]["name"]), ({"alertname": "Down"}, "hook"))
        self.assertEqual(part["alerts"][0]["fingerprint"], alert["fingerprint"])
        self.assertEqual(self.tocsin.get("/api/v2/nothing").status, 404)
        self.assertEqual(ask(self.tocsin.address, "DELETE", "/api/v2/alerts").status, 405)

    def judge_metrics(self) -> None:
        answer = self.tocsin.get("/metrics")
        self.assert_matches(answer.headers["Content-Type"], r"^text/plain; version=0\.0\.4")
        names = ["alertmanager_build_info", "alertmanager_config_last_reload_successful", "alertmanager_config_hash"]
        names += ["alertmanager_alerts", "alertmanager_notifications_total", "alertmanager_notifications_failed_total"]
        names += ["alertmanager_config_last_reload_success_timestamp_seconds", "process_start_time_seconds"]
        for name in names:
            self.assert_matches(answer.text, rf"(?m)^# TYPE {name} ", rf"(?m)^{name}[ {{]")
        command = [self.unpacked("promtool"), "check", "metrics"]
        promtool = subprocess.run(command, input=answer.text, capture_output=True, text=True, timeout=30)
        errors = [line for line in promtool.stderr.splitlines() if "error" in line.lower()]
        self.assertEqual(errors, [], "promtool can read them")

    def judge_alert(self, alert: dict[str, Any]) -> None:
        keys = {"labels", "annotations", "startsAt", "endsAt", "updatedAt", "fingerprint", "generatorURL"}
        keys |= {"receivers", "status"}
        self.assertEqual(set(alert), keys)
        self.assertEqual(alert["labels"], {"alertname": "Down", "instance": "a", "job": "web", "severity": "critical"})
        self.assertEqual(alert["annotations"], {"summary": "a is down"})
        self.assertEqual(alert["receivers"], [{"name": "hook"}])
        self.assertEqual(set(alert["status"]) - {"mutedBy"}, {"inhibitedBy", "silencedBy", "state"})
        self.assertEqual(alert["status"]["state"], "active")
        for key in ("startsAt", "endsAt", "updatedAt"):
            self.assert_matches(alert[key], TIME)

    def test_filters_alerts_as_alertmanager(self) -> None:
        """Alerts can be chosen by matchers and receivers; a bad matcher is a 400."""
        self.tocsin.post_alerts({"labels": {"alertname": "Other", "team": "spare"}})

        def names(**parameters: Any) -> list[str]:
            alerts = self.tocsin.get("/api/v2/alerts", **parameters).json
            return sorted(alert["labels"]["alertname"] for alert in alerts)

        wait_until("the posted alert is there", lambda: names() == ["Down", "Other"])
        self.assertEqual(names(filter='team="spare"'), ["Other"])
        self.assertEqual(names(filter=['alertname=~".+"', 'team!="spare"']), ["Down"])
        self.assertEqual(names(receiver="spa.*"), ["Other"])
        self.assertEqual(names(active="false"), [])
        answer = self.tocsin.get("/api/v2/alerts", filter='a=~"("')
        self.assertEqual(answer.status, 400)
        self.assertIsInstance(answer.json, str)

    def test_has_the_shapes_of_prometheus(self) -> None:
        """Rules and their alerts have Prometheus' shapes."""
        self.tocsin.wait_for_state("Slow", "pending")
        answer = self.tocsin.get("/api/v1/rules").json
        self.assertEqual(answer["status"], "success")
        [part] = answer["data"]["groups"]
        self.assertEqual((part["name"], part["interval"]), ("web", 0.25))
        self.assert_matches(part["file"], r"rules\.yml$")
        down, slow = part["rules"]
        keys = {"state", "name", "query", "duration", "labels", "annotations", "alerts", "health", "type"}
        keys |= {"evaluationTime", "lastEvaluation", "keepFiringFor"}
        self.assertLessEqual(keys, set(down))
        self.assertEqual((down["name"], down["query"], down["type"]), ("Down", "up == 0", "alerting"))
        self.assertEqual(down["state"], "firing")
        self.assertEqual((down["health"], down["duration"], down["labels"]), ("ok", 0, {"severity": "critical"}))
        self.assertEqual((slow["state"], slow["duration"]), ("pending", 3600))
        [alert] = down["alerts"]
        self.assertLessEqual({"labels", "annotations", "state", "activeAt", "value"}, set(alert))
        self.assertEqual((alert["state"], alert["value"]), ("firing", "1e+00"))

        answer = self.tocsin.get("/api/v1/alerts").json
        states = {one["labels"]["alertname"]: one["state"] for one in answer["data"]["alerts"]}
        self.assertEqual(states, {"Down": "firing", "Slow": "pending"})
        self.assertEqual(self.tocsin.get("/api/v1/rules", **{"type": "record"}).json["data"]["groups"], [])
        wrong = self.tocsin.get("/api/v1/rules", **{"type": "x"})
        self.assertEqual((wrong.status, wrong.json["status"], wrong.json["errorType"]), (400, "error", "bad_data"))

    def test_serves_amtool(self) -> None:
        """amtool of Alertmanager queries and adds alerts."""
        self.assertIn("Down", self.amtool("alert", "query"))
        [alert] = json.loads(self.amtool("alert", "query", "--output=json", "severity=critical"))
        self.assertEqual(alert["labels"]["alertname"], "Down")
        self.assertEqual(json.loads(self.amtool("alert", "query", "--output=json", "severity=info")), [])

        end = rfc3339(time.time() + 3600)
        self.amtool("alert", "add", "Added", "team=hand", "--annotation=summary=by hand", f"--end={end}")
        [call] = wait_until("the added alert is told", lambda: self.webhooks.told("/a", "Added", "firing"))
        [alert] = call.body["alerts"]
        self.assertEqual(alert["labels"], {"alertname": "Added", "team": "hand"})
        self.assertEqual(alert["annotations"], {"summary": "by hand"})
        self.assertIn("group_interval", self.amtool("config", "show"))

    def amtool(self, *arguments: str) -> str:
        command = [self.unpacked("amtool"), f"--alertmanager.url={self.tocsin.url}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
