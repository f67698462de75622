"""`tocsin check` as CI runs it: formats that other programs read, only what a branch changed, only what is new."""

import json
import os
import re
import shutil
import subprocess
import unittest
from typing import Any
from xml.etree import ElementTree

from case import EndToEnd
from programs import REPOSITORY, TOCSIN
from schemas import load_fixture, mistakes, read_yaml

GOOD = "groups:\n- name: good\n  rules:\n  - alert: Good\n    expr: up == 0\n    for: 5m\n"
BAD = "groups:\n- name: bad\n  rules:\n  - alert: Bad\n    expr: raet(up[5m]) > 0\n"
# A range vector loads, and fails at every evaluation: a warning.
RULE = "  - alert: {name}\n    expr: up[5m]\n    for: 5m\n"


def rules(*names: str) -> str:
    return "groups:\n- name: some\n  rules:\n" + "".join(RULE.format(name=name) for name in names)


class CheckCase(EndToEnd):
    def check(self, *words: str, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(TOCSIN), "check", *words],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        return done

    def report(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.check("--format", "json", *words, code=code).stdout)

    def about(self, *words: str, code: int = 0) -> list[str]:
        return [problem.get("rule", "") for problem in self.report(*words, code=code)["problems"]]

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def git(self, *words: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgSign=false", *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout

    def repository(self) -> None:
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("rules/a.yml", rules("A", "B", "C"))
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "first")
        self.git("checkout", "--quiet", "-b", "work")


class Check(CheckCase):
    def test_exit_codes(self) -> None:
        """0 when all is well, 1 from --fail-on on, 2 for wrong usage."""
        self.write("good.yml", GOOD)
        self.write("bad.yml", BAD)
        self.write("warned.yml", rules("A"))
        self.check("good.yml")
        self.check("good.yml", "bad.yml", code=1)
        self.check("warned.yml")
        self.check("--fail-on", "warning", "warned.yml", code=1)
        for words in ([], ["--fail-on", "never", "good.yml"], ["--format", "pdf", "good.yml"], ["--color=maybe", "good.yml"]):
            self.check(*words, code=2)
        self.check("--baseline", "missing.json", "good.yml", code=2)
        self.check("--baseline", "good.yml", "good.yml", code=2)
        self.check("--output", "no/such/folder/x", "good.yml", code=2)

    def test_output_and_colours(self) -> None:
        """A report goes to a file as to a terminal; colours only where they are wanted."""
        self.write("bad.yml", BAD)
        plain = self.check("bad.yml", code=1).stdout
        self.assertNotIn("\033", plain)
        self.assertEqual(self.check("--output", "report.txt", "bad.yml", code=1).stdout, "")
        self.assertEqual((self.folder / "report.txt").read_text(), plain)
        coloured = self.check("--color", "always", "bad.yml", code=1).stdout
        self.assertEqual(re.sub("\033\\[[0-9]*m", "", coloured), plain)
        self.assertNotEqual(coloured, plain)

    @unittest.skipUnless(shutil.which("script"), "needs script of util-linux")
    def test_a_terminal_gets_colours_unless_no_color_is_set(self) -> None:
        """On a terminal there are colours, unless NO_COLOR is set."""
        self.write("bad.yml", BAD)
        for no_color, wanted in (("", True), ("1", False)):
            done = subprocess.run(
                ["script", "-qec", f"{TOCSIN} check bad.yml", "/dev/null"],
                cwd=self.folder,
                env={**os.environ, "NO_COLOR": no_color},
                capture_output=True,
                text=True,
            )
            self.assertEqual("\033[31m" in done.stdout, wanted, done.stdout)

    def test_folders_and_patterns(self) -> None:
        """A folder stands for its rule files, also deep in it; a pattern for what it matches."""
        self.write("rules/a.yml", GOOD)
        self.write("rules/deep/b.yaml", GOOD)
        self.write("rules/c.rules", "ALERT C IF up == 0 FOR 5m\n")
        self.write("rules/notes.txt", "nothing")
        named = [file["path"] for file in self.report("rules")["files"]]
        self.assertEqual(named, ["rules/a.yml", "rules/c.rules", "rules/deep/b.yaml"])
        self.assertEqual([file["path"] for file in self.report("rules/*.yml")["files"]], ["rules/a.yml"])
        self.check("rules/*.nothing", code=1)

    def test_policies(self) -> None:
        """A team's own checks come from --policy; a comment names who owns a rule, another lets one of them pass."""
        self.write("policy.yml", "checks:\n- {owner: {}, comment: Say who}\n- aggregate: {keep: [job]}\n  severity: note\n")
        rule = "  - alert: A\n    expr: sum(up) == 0\n    for: 5m\n"
        owned = "  # tocsin rule/owner db\n  # pint disable promql/aggregate(job:true)\n" + rule.replace("A", "B")
        self.write("rules.yml", "groups:\n- name: g\n  rules:\n" + rule + owned)
        self.assertEqual(self.report("rules.yml")["problems"], [])
        found = self.report("--policy", "policy.yml", "--fail-on", "warning", "rules.yml", code=1)["problems"]
        self.assertEqual([(one["code"], one["rule"], one["severity"]) for one in found],
                         [("rule/owner", "A", "warning"), ("promql/aggregate", "A", "note")])
        self.assertIn("Say who", found[0]["hint"])
        self.write("policy.yml", "checks:\n- {onwer: {}}\n")
        refused = self.check("--policy", "policy.yml", "rules.yml", code=2)
        self.assertIn('policy.yml:2:4: error: field "onwer" not found in check (did you mean "owner"?)', refused.stderr)

    def test_sarif_is_valid(self) -> None:
        """SARIF is valid by the published schema: with findings, mistakes of loading, odd names, and with nothing."""
        schema = load_fixture("sarif-2.1.0.schema.json")
        self.write("good.yml", GOOD)
        self.write("b ä%d.yml", BAD)
        self.write("warned.yml", rules("A", "A") + "  - alert: Rate\n    expr: rate(memory_bytes[10s]) > 0\n")
        for files in (["good.yml"], ["good.yml", "b ä%d.yml", "warned.yml", "missing.yml"]):
            done = self.check("--format", "sarif", "--output", "t.sarif", *files, code=0 if files == ["good.yml"] else 1)
            self.assertEqual(done.stdout, "")
            sarif = json.loads((self.folder / "t.sarif").read_text())
            self.assertEqual(mistakes(sarif, schema), [])
        [run] = sarif["runs"]
        codes = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        self.assertIn("load/error", codes)
        self.assertTrue(any(not code.startswith("load/") for code in codes), codes)
        uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
        self.assertIn("b%20%C3%A4%25d.yml", uris)
        for result in run["results"]:
            self.assertEqual(codes[result["ruleIndex"]], result["ruleId"])
            self.assertEqual(len(result["partialFingerprints"]["tocsinFinding/v1"]), 64)

    def test_junit_is_read_by_an_xml_parser(self) -> None:
        """JUnit XML: counts that add up, failures where the check fails."""
        self.write("good.yml", GOOD)
        self.write("bad.yml", BAD.replace("Bad", '"<&\\"\\u0007>"'))
        self.write("warned.yml", rules("A"))
        tree = ElementTree.fromstring(self.check("--format", "junit", "good.yml", "bad.yml", "warned.yml", code=1).stdout)
        suites = {suite.get("name"): suite for suite in tree.findall("testsuite")}
        self.assertEqual(set(suites), {"good.yml", "bad.yml", "warned.yml"})
        for suite in [*suites.values(), tree]:
            self.assertEqual(int(suite.get("tests", "")), len(suite.findall(".//testcase")))
            self.assertEqual(int(suite.get("failures", "")), len(suite.findall(".//failure")))
        self.assertGreaterEqual(len(suites["bad.yml"].findall(".//failure")), 1)
        self.assertEqual(len(suites["warned.yml"].findall(".//failure")), 0)

    def test_github_annotations(self) -> None:
        """Workflow commands name file, line and columns, and escape what would end them."""
        self.write("a,b:c.yml", BAD)
        out = self.check("--format", "github", "a,b:c.yml", code=1).stdout
        self.assert_matches(out, r"(?m)^::error file=a%2Cb%3Ac\.yml,line=5,endLine=5,col=11,endColumn=15,title=load/error::.*$")

    # --- explain

    def test_explain(self) -> None:
        """Every code of the list is explained; an unknown one names the near ones."""
        listed = self.check("--explain", "list").stdout
        codes = re.findall(r"(?m)^([a-z]+/[a-z_-]+) ", listed)
        self.assertGreater(len(codes), 10, listed)
        for code in codes:
            text = self.check("--explain", code).stdout
            self.assert_matches(text, rf"^{re.escape(code)}: ", r"(?m)^Severity: (warning|note)$")
        self.assertEqual(self.check("--explain", "all").stdout, listed)
        self.assertIn(codes[0], self.check("--explain", codes[0][:-1], code=2).stderr)

    # --- only what a branch changed

    def test_changed_since_shows_findings_of_changed_rules_only(self) -> None:
        """A finding shows where its rule was changed: committed, not committed, in a new file; the rest is counted."""
        self.repository()
        everything = self.about("rules")
        self.assertEqual(set(everything), {"A", "B", "C"})
        self.assertEqual(self.about("--changed-since", "main", "rules"), [])

        text = (self.folder / "rules/a.yml").read_text()
        self.write("rules/a.yml", text.replace("alert: B\n    expr: up[5m]\n    for: 5m", "alert: B\n    expr: up[5m]\n    for: 6m"))
        self.assertEqual(set(self.about("--changed-since", "main", "rules")), {"B"})
        self.git("commit", "--quiet", "-am", "second")
        report = self.report("--changed-since", "main", "rules")
        self.assertEqual({problem["rule"] for problem in report["problems"]}, {"B"})
        self.assertEqual(report["outside_changes"] + len(report["problems"]), len(everything))

        self.write("rules/new name.yml", rules("N"))
        self.assertEqual(set(self.about("--changed-since", "main", "rules")), {"B", "N"})

        # What main does meanwhile is not this branch's; a line that goes away is a change.
        self.git("stash", "--quiet", "--include-untracked")
        self.git("checkout", "--quiet", "main")
        self.write("rules/a.yml", rules("A", "B", "C").replace("alert: A\n", "alert: A # seen\n"))
        self.git("commit", "--quiet", "-am", "meanwhile")
        self.git("checkout", "--quiet", "work")
        self.write("rules/a.yml", rules("A", "B", "C").replace("alert: C\n    expr: up[5m]\n    for: 5m\n", "alert: C\n    expr: up[5m]\n"))
        self.assertEqual(set(self.about("--changed-since", "main", "rules")), {"C"})

    def test_changed_since_always_shows_errors(self) -> None:
        """What does not load is reported, whoever wrote it."""
        self.repository()
        self.git("checkout", "--quiet", "main")
        self.write("rules/bad.yml", BAD)
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "bad")
        self.git("checkout", "--quiet", "-b", "other")
        self.assertEqual(self.about("--changed-since", "main", "rules", code=1), ["Bad"])

    def test_changed_since_says_what_git_lacks(self) -> None:
        """No repository, an unknown revision, an option in place of one: wrong usage, in words."""
        self.write("rules/a.yml", rules("A"))
        outside = {"GIT_CEILING_DIRECTORIES": str(self.folder.parent)}
        self.assertIn("needs a git repository", self.check("--changed-since", "main", "rules", code=2, **outside).stderr)
        self.repository()
        for revision in ("nowhere", "--output=x", "main..work"):
            said = self.check(f"--changed-since={revision}", "rules", code=2).stderr
            self.assertIn("git does not know the revision", said)
        self.assertIn("cannot run git", self.check("--changed-since", "main", "rules", code=2, PATH="/nowhere").stderr)

    # --- only what is new

    def test_a_baseline_hides_what_is_known_wherever_it_moves(self) -> None:
        """Old findings do not block, also when lines move; new ones do; entries that are gone are named."""
        self.write("rules/a.yml", rules("A", "B"))
        self.check("--fail-on", "note", "rules", code=1)
        self.check("--fail-on", "note", "--write-baseline", "known.json", "rules")
        known = ["--fail-on", "note", "--baseline", "known.json", "rules"]
        said = self.check(*known).stdout
        self.assert_matches(said, r"(?m)^\d+ findings of the baseline hidden$")

        self.write("rules/a.yml", "# moved\n\n\n" + rules("A", "B"))
        self.check(*known)
        self.write("rules/a.yml", rules("New", "A", "B"))
        self.assertEqual(set(self.about(*known, code=1)), {"New"})
        self.write("rules/a.yml", rules("B"))
        report = self.report(*known)
        self.assertTrue(report["baseline"]["gone"])
        self.assertTrue(all("A" in entry for entry in report["baseline"]["gone"]), report["baseline"])
        self.write("rules/a.yml", BAD)
        self.check(*known, code=1)

    def test_errors_are_no_part_of_a_baseline(self) -> None:
        """Writing a baseline of a file that does not load fails all the same."""
        self.write("bad.yml", BAD)
        self.check("--write-baseline", "known.json", "bad.yml", code=1)
        self.assertEqual(json.loads((self.folder / "known.json").read_text())["findings"], [])


class Examples(CheckCase):
    """What examples/ci and .pre-commit-hooks.yaml say is what works."""

    def run_shell(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = f"{TOCSIN.parent}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, **environment}
        return subprocess.run(["sh", "-ec", script], cwd=self.folder, env=environment, capture_output=True, text=True)

    def setUp(self) -> None:
        self.repository()
        self.git("update-ref", "refs/remotes/origin/main", "main")
        self.git("commit", "--quiet", "--allow-empty", "-m", "work")

    def test_the_github_workflow(self) -> None:
        """Its steps run; old findings do not block a pull request, new ones do; SARIF is written."""
        workflow = read_yaml((REPOSITORY / "examples/ci/github-workflow.yml").read_text())
        steps = [step for step in workflow["jobs"]["check"]["steps"] if "run" in step]
        self.assertEqual(len(steps), 2)
        done = self.run_shell(steps[0]["run"], BASE="origin/main")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.write("rules/n.yml", rules("N"))
        done = self.run_shell(steps[0]["run"], BASE="origin/main")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("file=rules/n.yml", done.stdout)
        done = self.run_shell(steps[1]["run"])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        uploaded = workflow["jobs"]["check"]["steps"][-1]["with"]["sarif_file"]
        self.assertEqual(json.loads((self.folder / uploaded).read_text())["version"], "2.1.0")

    def test_the_policy(self) -> None:
        """The policy loads, and holds rules to what it says."""
        policy = REPOSITORY / "examples/ci/policy.yml"
        found = self.report("--policy", str(policy), "rules/a.yml")["problems"]
        codes = {one["code"] for one in found if one.get("rule") == "A"}
        self.assertEqual(codes, {"load/warning", "alerts/comparison", "rule/label", "rule/owner"})

    def test_the_gitlab_job(self) -> None:
        """Its script runs, and writes the report that it names."""
        job = read_yaml((REPOSITORY / "examples/ci/gitlab-ci.yml").read_text())["alerting"]
        done = self.run_shell("\n".join(job["script"]), CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        ElementTree.parse(self.folder / job["artifacts"]["reports"]["junit"])

    def test_the_pre_commit_hooks(self) -> None:
        """Each hook's command takes the files that its pattern names, and passes or fails as it should."""
        hooks = read_yaml((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
        local = read_yaml((REPOSITORY / "examples/ci/pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
        self.write("rules/good.yml", GOOD)
        for hook in [*hooks, *local]:
            with self.subTest(hook["id"], entry=hook["entry"]):
                self.assertEqual(hook["language"], "system")
                self.assertTrue(re.search(hook["files"], "rules/good.yml"))
                self.assertFalse(re.search(hook["files"], "src/main.go"))
                self.assertEqual(self.run_shell(f"{hook['entry']} rules/good.yml").returncode, 0)
        self.assertEqual({hook["id"] for hook in local} - {hook["id"] for hook in hooks}, set())
        self.write("rules/bad.yml", BAD)
        self.assertEqual(self.run_shell(f"{hooks[0]['entry']} rules/good.yml rules/bad.yml").returncode, 1)


if __name__ == "__main__":
    unittest.main()
