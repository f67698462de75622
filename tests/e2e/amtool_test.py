"""Debian's amtool against Tocsin and against Debian's Alertmanager: the same commands, the same output."""

import json
import re
import subprocess
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from daemon import receiver, rfc3339, route
from programs import TOCSIN, UNPACKED
from side_by_side import OURS, THEIRS, UUID, Server, SideBySide, matcher, normalised
from waiting import wait_until

CONFIG = {
    "route": route(
        "team-x",
        group_wait="1h",
        routes=[
            {"receiver": "team-db", "matchers": ['service=~"mysql|cassandra"', 'env!="test"'], "continue": True},
            {"receiver": "team-db-critical", "matchers": ["service=~mysql|cassandra", "severity=critical"]},
            {
                "receiver": "team-front",
                "match": {"service": "front"},
                "group_by": ["..."],
                "routes": [{"receiver": "a.b", "match_re": {"owner": "a|b"}}],
            },
        ],
    ),
    "receivers": [receiver(name) for name in ("team-x", "team-db", "team-db-critical", "team-front", "a.b")],
    "inhibit_rules": [
        {"source_matchers": ["severity=critical"], "target_matchers": ['severity=~"warning|info"'], "equal": ["node"]}
    ],
}
# Labels to route, and the receivers they reach.
ROUTED = [
    (["service=mysql", "env=prod"], "team-db"),
    (["service=mysql", "env=prod", "severity=critical"], "team-db,team-db-critical"),
    (["service=cassandra", "env=test", "severity=critical"], "team-db-critical"),
    (["service=front"], "team-front"),
    (["service=front", "owner=a"], "a.b"),
    (["service=front", "owner=ab"], "team-front"),
    (["anything=else"], "team-x"),
]
FAR = "2042-01-01T00:00:00Z"  # far ends are printed as they were given
QUOTED = r'quoted="a \"b\" c\\d"'
OUTPUTS = ("simple", "extended", "json")
# What a server has to say about a mistake is its own: longer here than there.
BAD_REQUEST = re.compile(r"(\[\d\d\d\] \w+BadRequest) .*")
TEMPLATE = """\
{{ define "greeting" }}Hello {{ .CommonLabels.alertname | toUpper }} of {{ .Receiver }}, {{ .Status }}
{{ range .Alerts }}{{ range .Labels.SortedPairs }}[{{ .Name }}={{ .Value }}]{{ end }} {{ .StartsAt.Unix }}
{{ end }}{{ end }}
"""
DATA = {
    "receiver": "team",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "<Oven>", "b": "1", "a": "2"},
            "annotations": {"summary": "too & hot"},
            "startsAt": "2026-01-02T03:04:05Z",
            "endsAt": "0001-01-01T00:00:00Z",
        }
    ],
    "groupLabels": {"alertname": "<Oven>"},
    "commonLabels": {"alertname": "<Oven>", "b": "1", "a": "2"},
    "commonAnnotations": {"summary": "too & hot"},
    "externalURL": "http://alerts.example.com",
}
# Template, and more arguments of `template render`.
RENDERED = [
    ('{{ template "greeting" . }}',),
    ("{{ .CommonLabels.alertname }} {{ .CommonAnnotations.summary }} {{ .ExternalURL }}",),
    ("<a>{{ .CommonLabels.alertname }}</a> {{ .CommonAnnotations.summary }}", "--template.type=html"),
    (
        "<a href='/?q={{ .CommonLabels.alertname }}' title={{ .CommonLabels.b }} onclick='f({{ .CommonLabels.alertname }})'"
        " style='x:{{ .CommonLabels.a }}'><script>g(\"{{ .CommonAnnotations.summary }}\")</script><!-- gone -->",
        "--template.type=html",
    ),
    ('{{ template "missing" . }}',),
    ("{{ .CommonLabels.alertname",),
]


class Amtool(SideBySide):
    def setUp(self) -> None:
        self.both = self.servers(CONFIG)
        self.names: dict[str, dict[str, str]] = {THEIRS: {}, OURS: {}}

    # --- commands

    def run_both(self, *arguments: Any, code: int = 0, given: str | None = None) -> list[str]:
        """What amtool prints, of both: the same, but for ids, times, versions and addresses. Returned as it was."""
        with ThreadPoolExecutor() as threads:
            done = list(threads.map(lambda one: one.amtool("--no-version-check", *arguments, given=given), self.both))
        said = [self.comparable(server, one) for server, one in zip(self.both, done)]
        self.assert_same("amtool " + " ".join(map(str, arguments)), *said)
        self.assertEqual(done[0].returncode, code, f"Alertmanager itself, of amtool {arguments}:\n{said[0]}")
        return [one.stdout for one in done]

    def comparable(self, server: Server, done: subprocess.CompletedProcess[str]) -> str:
        text = f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
        text = text.replace(server.address, "SERVER")
        text = BAD_REQUEST.sub(r"\1", text)
        text = re.sub(r"\b0xc[0-9a-f]{9}\b", "a pointer", text)  # `silence update -q` prints no ids but these
        text = normalised(text, self.names[server.name]).replace("},{", "},\n{")
        if done.args[3:5] == ["silence", "import"]:  # workers end in any order
            return "\n".join(sorted(text.splitlines()))
        return text

    def learn_silences(self) -> None:
        """From here on, output may be compared by who a silence is, not only by there being an id."""
        for server in self.both:
            self.names[server.name] = {one["id"]: f"id of {comment}" for comment, one in server.silences().items()}

    def id_of(self, comment: str, server: Server) -> str:
        return server.silences()[comment]["id"]

    def with_ids(self, *arguments: str, comments: list[str], code: int = 0) -> None:
        """A command about silences, which each server knows by an id of its own."""
        done = [
            server.amtool("--no-version-check", *arguments, *[self.id_of(one, server) for one in comments])
            for server in self.both
        ]
        said = [self.comparable(server, one) for server, one in zip(self.both, done)]
        self.assert_same(f"amtool {' '.join(arguments)}, of {comments}", *said)
        self.assertEqual(done[0].returncode, code, said[0])

    def add_silence(self, *arguments: str) -> None:
        for text in self.run_both("silence", "add", "--author=me", *arguments):
            self.assertTrue(UUID.fullmatch(text.strip()), text)

    # --- alerts

    def add_alerts(self) -> None:
        end = f"--end={FAR}"
        start = "--start=2026-01-02T03:04:05Z"
        summary = "--annotation=summary=it's too hot, & <b>wet</b>"
        url = "--generator-url=http://prometheus.example.com/graph?g0.expr=up"
        self.run_both("alert", "add", "Oven", "node=a", "severity=critical", start, end, summary, url)
        self.run_both("alert", "add", "alertname=Fridge", "node=a", "severity=warning", start, end)
        self.run_both("alert", "add", "Fridge", "node=b", "severity=warning", start, end, "--annotation=note=b")
        self.run_both("alert", "add", "Lamp", "service=mysql", "env=prod", start, end)
        self.run_both("alert", "add", "Timeless", QUOTED)
        self.run_both("alert", "add", "Wrong", "no-value", code=1)
        self.run_both("alert", "add", code=1)

    def test_adds_and_queries_alerts(self) -> None:
        """`alert add` and `alert query`: states, receivers, matchers, and all three outputs."""
        self.add_alerts()
        self.add_silence("-c", "lamps", "Lamp")
        for flags in ([], ["-a"], ["-i"], ["-s"], ["-i", "-s"], ["-a", "-i", "-s", "-u"]):
            self.run_both("alert", "query", *flags)
        # Alertmanager takes no notice of `unprocessed` (spec §18): with -u alone it lists nothing, ever.
        fresh = [server.amtool("--no-version-check", "alert", "query", "-u").stdout for server in self.both]
        self.assertNotIn("Oven", fresh[0])
        if self.is_tocsin():
            self.assert_matches(fresh[1], "Oven", "Fridge", "Timeless")
            self.assertNotIn("Lamp", fresh[1])
        for output in OUTPUTS:
            [theirs, _] = self.run_both("alert", "query", "-a", "-i", "-s", "-o", output)
            self.assert_matches(theirs, "Oven", "Fridge", "Lamp", "Timeless")
            self.run_both("alert", "query", "-o", output, "alertname=Nobody")
        for receivers in ("team-x", "team-.*", "team", "a.b"):
            self.run_both("alert", "query", "-a", "-s", "-r", receivers)
        self.run_both("alert", "query", "-r", "(", code=1)
        for matchers in (["Oven"], ["Fridge", "node=b"], ["alertname=~Fr.*|Oven"], ["node!=a"], ["node!~a|b"]):
            self.run_both("alert", "query", "-a", "-i", "-s", *matchers)
        for matchers in (["nothing="], ["env=~"], ["node!="], ["Fridge=~("]):
            self.run_both("alert", "query", *matchers)
        self.run_both("alert", "query", "node=a", "alertname=~Fr(", code=1)
        self.run_both("alert", "Oven")

    def test_sees_silences_and_inhibition_at_once(self) -> None:
        """What a POST suppresses is suppressed in the very next GET: by a silence, by a source that has come."""
        end = f"--end={FAR}"
        for server in self.both:
            for number in range(5):
                labels = ["Quick", f"number={number}", f"node=n{number}", "severity=warning"]
                server.amtool("--no-version-check", "alert", "add", *labels, end)
                self.assertEqual(self.state(server, number), ("active", 0, 0), server.name)
                body = [{"labels": {"alertname": "Source", "node": f"n{number}", "severity": "critical"}}]
                self.assertEqual(server.post("/api/v2/alerts", body).status, 200)
                self.assertEqual(self.state(server, number), ("suppressed", 0, 1), f"{server.name}: inhibited")
                now = time.time()
                span = {"startsAt": rfc3339(now), "endsAt": rfc3339(now + 3600)}
                id = server.silence(f"{number}", matcher("number", str(number)), **span)
                self.assertEqual(self.state(server, number), ("suppressed", 1, 1), f"{server.name}: silenced too")
                self.assertEqual(server.delete(f"/api/v2/silence/{id}").status, 200)
                self.assertEqual(self.state(server, number), ("suppressed", 0, 1), f"{server.name}: silence expired")

    def state(self, server: Server, number: int) -> tuple[str, int, int]:
        [alert] = server.get("/api/v2/alerts", filter=f'number="{number}"').json
        status = alert["status"]
        return status["state"], len(status["silencedBy"]), len(status["inhibitedBy"])

    # --- silences

    def add_silences(self) -> None:
        self.add_silence("-c", "one", "Oven", "--end", FAR)
        self.add_silence("-c", "two", "alertname=~Fr.*", "node!=b", "-d", "2h")
        self.add_silence("-c", "three", "node!~a|b", "node=~.+", "-d", "30m")
        self.add_silence("-c", "four", "Lamp", "--start", "2041-01-01T00:00:00Z", "--end", FAR)
        for text in self.run_both("silence", "add", "-a", "somebody", "-c", "five", QUOTED, "-d", "3h"):
            self.assertTrue(UUID.fullmatch(text.strip()), text)
        self.learn_silences()

    def query_all(self) -> None:
        self.learn_silences()
        for output in OUTPUTS:
            self.run_both("silence", "query", "-o", output)
            self.run_both("silence", "query", "--expired", "-o", output)

    def test_adds_and_queries_silences(self) -> None:
        """`silence add` and `silence query`: by matcher, creator, id and nearness of the end, in all outputs."""
        self.add_silences()
        self.query_all()
        self.run_both("silence")
        self.run_both("silence", "query", "-q")
        self.run_both("silence", "query", "--created-by=somebody")
        self.run_both("silence", "query", "--created-by=nobody", "-q")
        for within in ("45m", "2h30m", "4h", "0s"):
            self.run_both("silence", "query", "--within", within)
        for matchers in (["Oven"], ["alertname=Lamp"], ["alertname=~Fr.*"], ["node!=b", "alertname=~Fr.*"], ["x=y"]):
            self.run_both("silence", "query", *matchers)
        for mistake in (
            ["-c", "no matcher"],
            ["Oven"],
            ["-c", "empty", "a="],
            ["-c", "regex", "x=y", "a=~("],
            ["-c", "matches empty", "a=~.*"],
            ["-c", "ends first", "a=b", "--start", FAR, "--end", "2041-01-01T00:00:00Z"],
            ["-c", "over", "a=b", "--start", "2020-01-01T00:00:00Z", "--end", "2020-01-02T00:00:00Z"],
            ["-c", "no duration", "a=b", "-d", "soon"],
        ):
            self.run_both("silence", "add", *mistake, code=1)

    def test_updates_and_expires_silences(self) -> None:
        """`silence update` and `silence expire`: what keeps its id, what gets a new one, what is over."""
        self.add_silences()
        before = [{one: silence["id"] for one, silence in server.silences().items()} for server in self.both]
        self.with_ids("silence", "update", "-d", "5h", comments=["two"])
        self.with_ids("silence", "update", "-q", "--end", "2043-01-01T00:00:00Z", comments=["one", "four"])
        self.with_ids("silence", "update", "--start", "2041-06-01T00:00:00Z", comments=["four"])
        self.with_ids("silence", "update", "-c", "three again", comments=["three"])
        self.query_all()
        for server, ids in zip(self.both, before):
            after = {one: silence["id"] for one, silence in server.silences().items()}
            self.assertEqual(after, {**{k: v for k, v in ids.items() if k != "three"}, "three again": ids["three"]})

        self.with_ids("silence", "expire", comments=["two"])
        self.with_ids("silence", "expire", comments=["four"])
        self.query_all()
        self.run_both("silence", "query", "--expired", "--within", "2h")
        self.with_ids("silence", "expire", comments=["two"])
        self.with_ids("silence", "update", "-d", "1h", comments=["two"])  # an expired one comes again, as another
        self.assert_same("after bringing one back", *[self.story_of(server) for server in self.both])
        self.run_both("silence", "expire", code=1)
        self.run_both("silence", "expire", "no-uuid", code=1)
        # 404 since 0.26, which amtool 0.25 does not know; Debian's Alertmanager says 500.
        unknown = ["silence", "expire", "11111111-2222-4333-8444-555555555555"]
        self.assertEqual([server.amtool("--no-version-check", *unknown).returncode for server in self.both], [1, 1])
        self.run_both("silence", "update", "11111111-2222-4333-8444-555555555555", "-d", "1h", code=1)
        self.run_both("silence", "update", code=1)

    def story_of(self, server: Server) -> list[tuple[str, str]]:
        return sorted((one["comment"], one["status"]["state"]) for one in server.get("/api/v2/silences").json)

    def test_imports_silences(self) -> None:
        """`silence import`, with one worker and with several, from a file and from standard input."""
        many = [
            {
                "matchers": [matcher("alertname", f"A{number:02}", regex=number % 2 == 1, equal=number % 3 != 2)],
                "comment": f"import {number:02}",
                "createdBy": "import",
                "startsAt": rfc3339(2_250_000_000 + 60 * number),
                "endsAt": rfc3339(2_300_000_000 + 60 * number),
            }
            for number in range(40)
        ]
        for server in self.both:
            (server.folder / "few.json").write_text(json.dumps(many[:5]))
            (server.folder / "wrong.json").write_text(json.dumps([{**many[0], "matchers": []}]))
            (server.folder / "half.json").write_text("[{")
        self.run_both("silence", "import", "few.json", "--worker=1")
        self.run_both("silence", "import", "--worker=8", given=json.dumps(many[5:]))
        self.query_all()
        for server in self.both:
            self.assertEqual(len(server.silences()), len(many), server.name)
        self.run_both("silence", "import", "half.json", code=1)
        self.run_both("silence", "import", "missing.json", code=1)
        for server in self.both:  # says so; its exit code depends on which of its workers is quicker
            refused = server.amtool("--no-version-check", "silence", "import", "wrong.json")
            self.assertIn("status 422", refused.stderr + refused.stdout, server.name)

        # What one server prints, a server takes: with known ids an update, with --force or unknown ids new silences.
        for server in self.both:
            printed = server.amtool("--no-version-check", "silence", "query", "-o", "json").stdout
            (server.folder / "printed.json").write_text(printed)
        self.run_both("silence", "import", "printed.json")
        self.assert_same("imported again", *[self.story_of(server) for server in self.both])
        self.run_both("silence", "import", "--force", "printed.json")
        self.assert_same("imported by force", *[self.story_of(server) for server in self.both])

    # --- configuration, cluster, templates

    def test_shows_a_configuration_that_loads(self) -> None:
        """`config show` prints a configuration that check-config takes, with the same content."""
        found = []
        for server in self.both:
            for output in OUTPUTS:
                done = server.amtool("--no-version-check", "config", "show", "-o", output)
                self.assertEqual(done.returncode, 0, done.stderr)
            shown = server.folder / "shown.yml"
            shown.write_text(server.amtool("--no-version-check", "config", "show").stdout)
            found.append(self.checked(server, shown))
        self.assert_same("check-config of what config show printed", *found)
        self.assert_matches(found[0], "SUCCESS", "1 inhibit rules", "5 receivers")
        self.run_both("config", "routes", "show")
        self.run_both("config", "routes")

    def checked(self, server: Server, file: Path) -> str:
        done = server.amtool("check-config", file)
        return f"{done.returncode} {done.stdout}{done.stderr}".replace(str(file), "FILE").replace(str(self.folder), "")

    def test_checks_and_routes(self) -> None:
        """`check-config` and `config routes test`, also with --verify.receivers, of the file and of the server."""
        self.assert_same("check-config", *[self.checked(server, server.config_file) for server in self.both])
        for labels, receivers in ROUTED:
            self.run_both("config", "routes", "test", f"--verify.receivers={receivers}", *labels)
            [theirs, _] = self.run_both("config", "routes", "test", "--tree", *labels)
            self.assertEqual(theirs.splitlines()[-1], receivers, labels)
        self.run_both("config", "routes", "test", "--verify.receivers=team-x", "service=front", code=1)
        self.run_both("config", "routes", "test", "not a label", code=1)
        self.run_both("config", "routes", "test", "--config.file=alertmanager.yml", "service=front", "owner=a")

    def test_names_versions_without_harm(self) -> None:
        """With the check of versions, amtool may warn of another version, and prints the same otherwise."""
        for server in self.both:
            done = server.amtool("alert", "query")
            self.assertEqual((done.returncode, done.stdout.split()[0]), (0, "Alertname"), server.name)
            for line in done.stderr.splitlines():
                self.assert_matches(line, r"amtool version \(0\.25\.0\) and alertmanager version \(0\.\d+\.\d+.*differ")
            self.assert_matches(server.get("/api/v2/status").json["versionInfo"]["version"], r"^0\.\d+\.\d+")

    def test_renders_templates(self) -> None:
        """`template render`: what amtool makes of a template and its data, `tocsin` makes of them too."""
        (self.folder / "greeting.tmpl").write_text(TEMPLATE)
        (self.folder / "data.json").write_text(json.dumps(DATA))
        for text, *more in RENDERED:
            arguments = ["template", "render", "--template.glob=*.tmpl", "--template.data=data.json", *more]
            arguments.append(f"--template.text={text}")
            done = [
                subprocess.run([binary, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60)
                for binary in (UNPACKED / "amtool", TOCSIN if self.is_tocsin() else UNPACKED / "amtool")
            ]
            self.assert_same(f"{text} {more}", *[(one.returncode, one.stdout.rstrip("\n")) for one in done])
            self.assertEqual(bool(done[0].stderr), bool(done[1].stderr), done[1].stderr)


class AmtoolAndTheCluster(SideBySide):
    def test_shows_the_cluster(self) -> None:
        """`cluster show` names the instance itself, with the flags of a cluster and without."""
        flags = ("--cluster.listen-address=127.0.0.1:0", "--cluster.gossip-interval=10ms")
        both = self.servers(CONFIG, *flags)
        for server in both:
            wait_until(f"{server.name} has settled", lambda: server.get("/api/v2/status").json["cluster"]["peers"])
        for output in OUTPUTS:
            shown = [server.amtool("--no-version-check", "cluster", "show", "-o", output) for server in both]
            self.assert_same(f"cluster show -o {output}", *[self.shape(one) for one in shown])

    @staticmethod
    def shape(done: subprocess.CompletedProcess[str]) -> Any:
        """Everything but the names: how many words a line has, or which keys the JSON has."""
        assert done.returncode == 0, done.stderr
        if done.stdout.startswith("{"):
            cluster = json.loads(done.stdout)
            return sorted(cluster), [sorted(peer) for peer in cluster["peers"]]
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        return [line.split(":")[0] if ":  " in line else len(line.split()) for line in lines]


if __name__ == "__main__":
    unittest.main()
