"""PromQL against Debian's promtool: ten thousand expressions, each taken or refused by both alike."""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

from case import EndToEnd
from daemon import run_tocsin
from programs import TOCSIN, UNPACKED
from promql_expressions import Expressions

PROMTOOL = UNPACKED / "promtool"
COUNT = int(os.environ.get("TOCSIN_EXPRESSIONS", "10000"))
SEED = int(os.environ.get("TOCSIN_SEED", "20261126"))
VERSION = "2.42"  # Debian 12's

# Where the two may differ, and why. Whatever else differs is a mistake of ours.
DIFFERENCES: list[tuple[str, str]] = [
    # A pattern of the expression, and the reason.
    (r"(?s)(?:[(+-]\s*){300}", "promtool nests without bound, tocsin refuses more than 300 levels"),
]


class PromQL(EndToEnd):
    def setUp(self) -> None:
        if not PROMTOOL.exists():
            self.skipTest(f"no promtool at {PROMTOOL} (tests/run.sh unpacks it)")
        self.assertTrue(TOCSIN.exists(), "build it first: cmake --preset release && cmake --build --preset release")
        said = subprocess.run([PROMTOOL, "--version"], capture_output=True, text=True, check=True)
        if f"version {VERSION}" not in said.stdout + said.stderr:
            self.skipTest(f"this promtool is not of version {VERSION}: {said.stdout.splitlines()[:1]}")

    def test_is_taken_and_refused_as_promtool_does(self) -> None:
        generator = Expressions(SEED)
        expressions = list(dict.fromkeys(generator.next() for _ in range(COUNT + COUNT // 10)))[:COUNT]
        rules = [f"  - {{record: r{i}, expr: {json.dumps(e, ensure_ascii=False)}}}" for i, e in enumerate(expressions)]
        (self.folder / "rules.yml").write_text("groups:\n- name: g\n  rules:\n" + "\n".join(rules) + "\n")

        theirs = self.refused(self.promtool())
        ours = self.refused(self.tocsin())
        self.assertGreater(len(theirs), COUNT // 5, "the expressions are too good")
        self.assertLess(len(theirs), COUNT * 4 // 5, "the expressions are too bad")
        differences = []
        for number, expression in enumerate(expressions):
            if (number in theirs) == (number in ours) or self.is_known(expression):
                continue
            verdict = f"promtool: {theirs.get(number, 'taken')}\n  tocsin:   {ours.get(number, 'taken')}"
            differences.append(f"{expression!r}\n  {verdict}")
        self.assertFalse(differences, f"{len(differences)} differences, seed {SEED}:\n" + "\n".join(differences[:20]))

    def promtool(self) -> str:
        command = [PROMTOOL, "check", "rules", "--lint=none", "rules.yml"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=120)
        return done.stdout + done.stderr

    def tocsin(self) -> str:
        done = run_tocsin("check", "--promql.version", VERSION, "rules.yml", folder=self.folder)
        return done.stdout + done.stderr

    def refused(self, said: str) -> dict[int, str]:
        """Rules that were refused, each with the reason that was named first."""
        self.assertNotIn("yaml:", said, said[:2000])
        found: dict[int, str] = {}
        for number, reason in re.findall(r'"r(\d+)": could not parse expression: (.*)', said):
            found.setdefault(int(number), reason)
        return found

    def is_known(self, expression: str) -> bool:
        return any(re.search(pattern, expression) for pattern, _ in DIFFERENCES)


if __name__ == "__main__":
    unittest.main()
