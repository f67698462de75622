"""Configurations as people publish them, with amtool's verdicts. They are not part of the repository:
TOCSIN_CORPUS names their folder; beside the repository is where it is looked for otherwise.
"""

import json
import os
import re
import shutil
import unittest
from pathlib import Path

from case import EndToEnd
from daemon import run_tocsin
from programs import REPOSITORY, TOCSIN

CORPUS = Path(os.environ.get("TOCSIN_CORPUS", REPOSITORY / "../shared/corpus")).resolve() / "alertmanager"


class PublishedConfigurations(EndToEnd):
    def setUp(self) -> None:
        if not (CORPUS / "VERDICTS.json").exists():
            self.skipTest(f"no corpus at {CORPUS} (set TOCSIN_CORPUS)")
        self.assertTrue(TOCSIN.exists(), "build it first: cmake --preset release && cmake --build --preset release")

    def test_get_amtools_verdict(self) -> None:
        """`tocsin check` takes what amtool takes, refuses what it refuses, and says where and more."""
        verdicts = json.loads((CORPUS / "VERDICTS.json").read_text())
        self.assertTrue(verdicts)
        for number, verdict in enumerate(verdicts):
            with self.subTest(verdict["file"]):
                self.judge(CORPUS / verdict["file"], f"config-{number}.yml", verdict["amtool_0_33"])

    def judge(self, file: Path, name: str, verdict: str) -> None:
        shutil.copy(file, self.folder / name)  # nothing that the original folder has beside it, as amtool had it
        done = run_tocsin("check", name, folder=self.folder)
        said = done.stdout + done.stderr
        if verdict == "ok":
            self.assertEqual((done.returncode, re.findall(r"^.*error: .*$", said, re.MULTILINE)), (0, []), said)
            self.assert_matches(said, rf"{name}: ok")
            return
        self.assertEqual(done.returncode, 1, f"amtool says: {verdict}\n{said}")
        self.assertNotIn("not supported yet", said, f"another reason than amtool's, which is: {verdict}")
        mistakes = re.findall(rf"^{name}:[1-9]\d*:[1-9]\d*: error: (.+)$", said, re.MULTILINE)
        self.assertTrue(mistakes, f"a place is missing; amtool says: {verdict}\n{said}")
        self.assertGreaterEqual(len("".join(mistakes)), len(verdict), f"amtool says more: {verdict}\n{said}")


if __name__ == "__main__":
    unittest.main()
