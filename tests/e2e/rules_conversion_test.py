"""What `tocsin rules convert` makes of Prometheus 1.x rule files is taken by Debian's promtool."""

import os
import random
import re
import subprocess
import unittest
from pathlib import Path

from case import EndToEnd
from daemon import run_tocsin
from programs import REPOSITORY
from promql_expressions import Expressions
from schemas import read_yaml

CORPUS = Path(os.environ.get("TOCSIN_CORPUS", REPOSITORY / "../shared/corpus")).resolve() / "rules"
SEED = int(os.environ.get("TOCSIN_SEED", "1"))
VERSION = "2.42"  # of Debian's Prometheus

# The rules of the public guide that the product follows, in the 1.x language.
GUIDE = """
# Inference is slow.
ALERT HighInferenceLatency
  IF histogram_quantile(0.99, sum(rate(ai_inference_latency_seconds_bucket[5m])) by (le, model_name)) > 1
  FOR 5m
  LABELS { severity = "warning" }
  ANNOTATIONS {
    summary = "High inference latency for {{ $labels.model_name }}",
    description = "P99 is {{ $value }} seconds."
  }
/* below what was promised */
ALERT LowModelAccuracy IF ai_model_accuracy_score < 0.85 FOR 15m LABELS {severity="critical"}
job:ai_requests:rate5m{origin="rule"} = sum(rate(ai_requests_total[5m])) by (job)
"""


def statement(dice: random.Random, number: int, expression: str) -> str:
    if dice.random() < 0.3:
        labels = dice.choice(["", '{a="b"}', "{a='b', c=\"d\"}"])
        return f"series:{number}{labels} = {expression}\n"
    text = f"ALERT Alert{number}\n  IF {expression}\n"
    if dice.random() < 0.6:
        text += f"  FOR {dice.choice(['30s', '5m', '2h', '1d'])}\n"
    if dice.random() < 0.6:
        text += "  LABELS { severity = \"page\", it = 'it''s' }\n".replace("''", "\\'")
    if dice.random() < 0.6:
        text += '  ANNOTATIONS { summary = "{{ $labels.instance }}: \\"{{ $value }}\\"", runbook = `a\\b` }\n'
    return dice.choice(["", "# a comment\n", "// another\n", "/* and\nmore */\n"]) + text


def published_expressions() -> set[str]:
    found = set()
    for path in sorted(CORPUS.glob("*/*.y*ml")):
        for group in (read_yaml(path.read_text()) or {}).get("groups") or []:
            found |= {" ".join(str(rule.get("expr", "")).split()) for rule in group.get("rules") or []}
    return found - {""}


class Conversion(EndToEnd):
    def assert_promtool_takes(self, name: str, text: str) -> None:
        (self.folder / f"{name}.rules").write_text(text)
        done = run_tocsin(
            "rules", "convert", f"{name}.rules", "-o", f"{name}.yml", "--promql.version", VERSION, folder=self.folder
        )
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}\n{text[:2000]}")
        command = [self.unpacked("promtool"), "check", "rules", "--lint=none", f"{name}.yml"]
        told = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=120)
        written = (self.folder / f"{name}.yml").read_text()
        self.assertEqual(told.returncode, 0, f"{told.stdout}{told.stderr}\n{written[:2000]}")
        found = re.search(r"SUCCESS: (\d+) rules found", told.stdout)
        self.assertTrue(found, told.stdout)
        again = run_tocsin("check", "--promql.version", VERSION, f"{name}.yml", folder=self.folder)
        self.assert_matches(again.stdout, rf"{name}\.yml: ok, {found.group(1)} rules" if found else "")

    def test_the_rules_of_the_guide(self) -> None:
        """The guide's rules become YAML that promtool takes, three of three."""
        self.assert_promtool_takes("guide", GUIDE)

    def test_rules_put_together_at_random(self) -> None:
        """Statements of all forms around expressions that both versions of the language know."""
        dice = random.Random(SEED)
        expressions = Expressions(SEED)
        good: list[str] = []
        for number in range(1000):
            text = statement(dice, number, expressions.next())
            if self.is_taken(text):
                good.append(text)
            if len(good) == 100:
                break
        self.assertEqual(len(good), 100)
        self.assert_promtool_takes("some", "\n".join(good))

    @unittest.skipUnless(CORPUS.is_dir(), f"no corpus at {CORPUS} (set TOCSIN_CORPUS)")
    def test_published_rules_written_in_the_old_language(self) -> None:
        """The expressions of published rule files, as 1.x statements."""
        dice = random.Random(SEED)
        expressions = dice.sample(sorted(published_expressions()), 300)
        statements = [statement(dice, number, expression) for number, expression in enumerate(expressions)]
        good = [text for text in statements if self.is_taken(text)]
        self.assertGreater(len(good), 200, "most of what is published is plain PromQL")
        self.assert_promtool_takes("published", "\n".join(good))

    def is_taken(self, text: str) -> bool:
        """The old language knew less than today's; conversion says so where it did."""
        (self.folder / "one.rules").write_text(text)
        command = ["rules", "convert", "one.rules", "--promql.version", VERSION]
        return run_tocsin(*command, folder=self.folder).returncode == 0


if __name__ == "__main__":
    unittest.main()
