"""Wrong configurations: every problem at once, each with its place, and the exit code that scripts rely on."""

import unittest

from case import EndToEnd
from daemon import run_tocsin
from waiting import free_ports

WRONG_CONFIG = """\
global:
  evaluation_interval: soon
prometheus:
  - url: localhost:9090
    rule_files: [rules.yml]
route:
  receiver: nobody
  group_wiat: 30s
receivers:
  - name: team
    webhook_configs:
      - send_resolved: maybe
"""
# Line and column of each, and a word of what is said there.
CONFIG_PROBLEMS = [
    (2, 24, "soon"),
    (4, 10, "http"),
    (7, 13, "nobody"),
    (8, 3, "group_wiat"),
    (12, 9, "url"),
    (12, 24, "send_resolved|maybe|bool"),
]
WRONG_RULES = """\
groups:
  - name: g
    interval: 1 minute
    rules:
      - alert: A
        expr: up == 0
        fro: 5m
      - alert: A-b
        expr: up == 0
        annotations:
          summary: '{{ $value'
      - alert: C
"""
RULE_PROBLEMS = [(3, 15, "1 minute"), (7, 9, "fro"), (11, 20, "template|action"), (12, 9, "expr")]
GOOD_CONFIG = """\
prometheus:
  - url: http://127.0.0.1:9
    rule_files: [rules.yml]
route: {receiver: team}
receivers: [{name: team}]
"""
GOOD_RULES = "groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]\n"


class Configuration(EndToEnd):
    def write(self, config: str, rules: str) -> None:
        (self.folder / "tocsin.yml").write_text(config)
        (self.folder / "rules.yml").write_text(rules)

    def assert_problems(self, text: str, file: str, problems: list[tuple[int, int, str]]) -> None:
        for line, column, words in problems:
            with self.subTest(f"{file}:{line}:{column}"):
                self.assert_matches(text, rf"{file}:{line}:{column}: error: .*({words})")

    def test_check_prints_every_problem_with_its_place(self) -> None:
        """`tocsin check` prints every problem of all files with file, line and column, and exits with 1."""
        self.write(WRONG_CONFIG, WRONG_RULES)
        done = run_tocsin("check", "tocsin.yml", folder=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assert_problems(done.stdout + done.stderr, r"tocsin\.yml", CONFIG_PROBLEMS)
        self.assert_matches(done.stdout, r"tocsin\.yml: FAILED")

        done = run_tocsin("check", "rules.yml", folder=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assert_problems(done.stdout + done.stderr, r"rules\.yml", RULE_PROBLEMS)

    def test_check_passes_what_is_right(self) -> None:
        """`tocsin check` of right files says what is in them, and exits with 0."""
        self.write(GOOD_CONFIG, GOOD_RULES)
        done = run_tocsin("check", "tocsin.yml", "rules.yml", folder=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assert_matches(done.stdout, r"tocsin\.yml: ok, 1 receivers?, 1 rule groups?, 1 rules?")
        self.assert_matches(done.stdout, r"rules\.yml: ok, 1 rules?")

    def test_one_wrong_file_of_several_fails_the_check(self) -> None:
        """One wrong file among right ones is enough for exit code 1; the right ones are still said to be right."""
        self.write(GOOD_CONFIG, GOOD_RULES)
        (self.folder / "other.yml").write_text("groups: 7\n")
        done = run_tocsin("check", "tocsin.yml", "other.yml", "missing.yml", folder=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assert_matches(done.stdout, r"tocsin\.yml: ok", r"other\.yml: FAILED", r"missing\.yml: FAILED")
        self.assert_matches(done.stdout, r"other\.yml:1:9: error: ", r"missing\.yml: error: .*[Nn]o such file")

    def test_that_is_wrong_is_not_served(self) -> None:
        """Serving with a wrong configuration ends at once with 1, and names every problem."""
        self.write(WRONG_CONFIG, WRONG_RULES)
        tocsin = self.daemon()
        tocsin.program.start()
        self.assertEqual(tocsin.program.exit_code(), 1)
        self.assert_problems(tocsin.program.text(), r"tocsin\.yml", CONFIG_PROBLEMS)
        self.assertFalse((self.folder / "data").exists(), "nothing was touched")

    def test_mistakes_on_the_command_line_exit_with_two(self) -> None:
        """A mistake on the command line is explained, and exits with 2; asking for help or the version with 0."""
        self.write(GOOD_CONFIG, GOOD_RULES)
        for arguments in (["--no-such-flag"], ["check"], ["cehck", "tocsin.yml"], ["--log.level=loud"], ["template"]):
            with self.subTest(" ".join(arguments)):
                done = run_tocsin(*arguments, folder=self.folder)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertGreater(len(done.stderr), 10)
        for arguments in (["--help"], ["--version"], ["check", "--help"]):
            done = run_tocsin(*arguments, folder=self.folder)
            self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
            self.assert_matches(done.stdout, "tocsin")

    def test_missing_is_said_with_the_path(self) -> None:
        """A configuration file that is not there is named; exit code 1."""
        address = f"127.0.0.1:{free_ports(1)[0]}"
        done = run_tocsin("--config.file=nowhere.yml", f"--web.listen-address={address}", folder=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assert_matches(done.stderr, r"nowhere\.yml: error: .*[Nn]o such file")


if __name__ == "__main__":
    unittest.main()
