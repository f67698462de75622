"""`tocsin check` and `promtool check rules` over 10,000 rules in 100 files: one command, in turns, medians.

    /usr/bin/python3 -B tests/bench/check_bench.py [--rounds 9] [--json FILE]

It needs build/tocsin (the release preset) and Debian's promtool, which tests/run.sh unpacks; `--promtool` names
another one. Tocsin checks a configuration that names the files, too, with its routes; promtool has no such check.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rule_set import RuleSet

REPOSITORY = Path(__file__).resolve().parents[2]
GOALS = {"seconds": 0.35, "ratio": 5.0, "mib": 150.0}


class Contender:
    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.seconds: list[float] = []
        self.cpu: list[float] = []
        self.mib: list[float] = []

    def run(self, folder: Path) -> None:
        begin = time.monotonic()
        child = subprocess.Popen(self.command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        complaint = child.stderr.read() if child.stderr else b""
        _, status, usage = os.wait4(child.pid, 0)
        self.seconds.append(time.monotonic() - begin)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"{self.name} fails:\n{complaint.decode(errors='replace')[-2000:]}")
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.mib.append(usage.ru_maxrss / 1024)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--rules", type=int, default=100, help="of each file")
    parser.add_argument("--tocsin", default=str(REPOSITORY / "build/tocsin"))
    parser.add_argument("--promtool", default=str(REPOSITORY / "build/quickstart/root/usr/bin/promtool"))
    parser.add_argument("--json", type=Path, help="write every single figure to this file")
    given = parser.parse_args()
    for program in (given.tocsin, given.promtool):
        if not os.access(program, os.X_OK):
            raise SystemExit(f"{program} is missing: see the first lines of this file")

    with tempfile.TemporaryDirectory(prefix="check-bench-") as name:
        folder = Path(name)
        RuleSet(folder, given.files, given.rules)
        files = sorted(str(path.relative_to(folder)) for path in folder.glob("rules/*.yml"))
        size = sum((folder / file).stat().st_size for file in files)
        promtool = Contender("promtool check rules", [given.promtool, "check", "rules", *files])
        config = Contender("tocsin check tocsin.yml", [given.tocsin, "check", "tocsin.yml"])
        ours = Contender("tocsin check rules/", [given.tocsin, "check", "rules"])
        contenders = [promtool, config, ours]
        for round in range(given.rounds):
            for contender in contenders[round % 3 :] + contenders[: round % 3]:
                contender.run(folder)

    print(f"{given.files * given.rules} rules in {given.files} files, {size / 1e6:.1f} MB; {os.cpu_count()} processors;")
    print(f"medians of {given.rounds} rounds, in turns\n")
    print(f"{'':26}{'seconds':>9}{'CPU s':>9}{'MiB':>8}{'times promtool':>17}")
    for contender in contenders:
        seconds = statistics.median(contender.seconds)
        ratio = statistics.median(p / c for p, c in zip(promtool.seconds, contender.seconds))
        print(
            f"{contender.name:26}{seconds:9.3f}{statistics.median(contender.cpu):9.3f}"
            f"{max(contender.mib):8.0f}{ratio:16.1f}x"
        )
    print(f"\ngoals: under {GOALS['seconds']} s on two processors, {GOALS['ratio']} times promtool, {GOALS['mib']:.0f} MiB")
    if given.json:
        figures = {c.name: {"seconds": c.seconds, "cpu": c.cpu, "mib": c.mib} for c in contenders}
        given.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
