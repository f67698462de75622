#!/usr/bin/python3
"""Derives a quick variant of a rule or configuration file: the same file, with shorter durations and other addresses.

    shorten.py rules/ai.yml QUICK.yml
    shorten.py tocsin.yml QUICK.yml --replace localhost:9090=127.0.0.1:43210

A duration in hours becomes one in minutes, minutes become seconds, and seconds become one second:

    for: 5m                -> for: 5s              group_interval: 5m   -> group_interval: 5s
    rate(metric[5m])       -> rate(metric[5s])     scrape_interval: 15s -> scrape_interval: 1s
    "for 10 minutes."      -> "for 10 seconds."

Plain numbers (thresholds such as `> 7 * 86400`) stay as they are. It prints what it changed as a diff.
"""

import argparse
import difflib
import re
import sys
from pathlib import Path

SHORTER = {"h": lambda n: f"{n}m", "m": lambda n: f"{n}s", "s": lambda n: "1s"}

# A duration standing alone: not a part of a name, an address or a decimal number.
DURATION = re.compile(r"(?<![\w.:/-])(\d+)([hms])(?![\w.:/-])")


def shorten(text: str) -> str:
    """The text with every duration made shorter. Comments are left alone."""
    lines = []
    for line in text.splitlines(keepends=True):
        code, mark, comment = line.partition(" #") if not line.lstrip().startswith("#") else ("", "", line)
        code = DURATION.sub(lambda match: SHORTER[match[2]](match[1]), code)
        code = re.sub(r"\b(\d+) minutes\b", r"\1 seconds", code)
        lines.append(code + mark + comment)
    return "".join(lines)


def diff(before: str, after: str, name: str) -> str:
    """What changed, as a unified diff without context."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, f"{name} (quick)", n=0, lineterm="")
    return "\n".join(lines)


def derive(source: Path, target: Path, replacements: dict[str, str]) -> str:
    """Writes the quick variant of source to target and returns the diff. Each replacement must occur in the source."""
    before = source.read_text()
    after = shorten(before)
    for old, new in replacements.items():
        if old not in after:
            raise ValueError(f"{source} does not contain {old!r}, which was to be replaced with {new!r}")
        after = after.replace(old, new)
    target.write_text(after)
    return diff(before, after, source.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--replace", action="append", default=[], metavar="OLD=NEW", help="also replace this text")
    options = parser.parse_args()
    try:
        print(derive(options.source, options.target, dict(pair.split("=", 1) for pair in options.replace)))
    except (OSError, ValueError) as problem:
        sys.exit(f"shorten.py: {problem}")


if __name__ == "__main__":
    main()
