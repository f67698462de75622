"""`tocsin schema`: what loads is valid, and a key that a loader refuses is refused by the schema."""

import copy
import json
import os
import unittest
from pathlib import Path
from typing import Any, Iterator

from case import EndToEnd
from daemon import run_tocsin
from programs import REPOSITORY
from schemas import mistakes, read_yaml

CORPUS = Path(os.environ.get("TOCSIN_CORPUS", REPOSITORY / "../shared/corpus")).resolve()

ODD_BUT_RIGHT = """
global: {resolve_timeout: 5m, evaluation_interval: 15s, external_labels: {a: 1, b: true}, message_style: tocsin}
prometheus:
  - {name: main, url: 'http://localhost:9090', basic_auth: {username: a, password: b}, http_headers: {X-A: {values: [b]}}}
route:
  receiver: all
  group_by: ['...']
  group_wait: 0
  repeat_interval: 1d
  routes: [{matchers: [a="b"], continue: true, routes: [{receiver: all, mute_time_intervals: [night]}]}]
receivers:
  - name: all
    slack_configs: [{api_url: 'https://slack.example/x', send_resolved: true, pace: none}]
    jira_configs:
      - {api_url: 'https://jira.example', project: A, issue_type: Bug, summary: s, fields: {x: [1, {y: z}]}}
      - {api_url: 'https://jira.example', project: A, issue_type: Bug, summary: {template: s, enable_update: false}}
    http_configs:
      - url: 'https://x.example'
        method: PUT
        headers: {A: b, C: {secret: d}}
        json: {a: [1, 2.5, null, '{{ .Status }}']}
        success: {status: [200, 2xx]}
        timeout: 10s
    webhook_configs: [{url: 'https://x.example', http_config: {oauth2: {client_id: a, client_secret: b, token_url: 'https://x.example'}}}]
time_intervals:
  - name: night
    time_intervals: [{times: [{start_time: '20:00', end_time: '24:00'}], weekdays: ['monday:friday'], location: UTC}]
inhibit_rules: [{source_matchers: [a="b"], target_matchers: [a="c"], equal: [x]}]
heartbeat: {interval: 1m, targets: [{url: 'https://x.example/a', method: GET}]}
checks:
  - {severity: note, match: {kind: alerting, matchers: [a="b"], paths: [prod/]}, for: {min: 1m}, owner: {label: team}}
  - {ignore: {name: 'a:.+'}, aggregate: {keep: [job]}, labels: {a: {required: true}, b: {values: [1, true]}}}
  - {annotations: {a: {pattern: x}}, selectors: [{labels: [job]}], reject: [{pattern: x, in: [label_names]}], report: true}
  - owner:
"""


def mappings(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all mappings."""
    if isinstance(document, dict):
        yield path
        for key, value in document.items():
            yield from mappings(value, (*path, key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from mappings(value, (*path, index))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


class Schema(EndToEnd):
    def schema(self, of: str) -> Any:
        done = run_tocsin("schema", of, folder=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def loads(self, document: Any) -> bool:
        """JSON is YAML."""
        (self.folder / "document.yml").write_text(json.dumps(document))
        return run_tocsin("check", "document.yml", folder=self.folder).returncode == 0

    def valid_where_it_loads(self, of: str, files: list[Path]) -> int:
        schema, valid = self.schema(of), 0
        for file in files:
            with self.subTest(str(file)):
                if run_tocsin("check", file, folder=self.folder).returncode != 0:
                    continue
                self.assertEqual(mistakes(read_yaml(file.read_text()), schema), [])
                valid += 1
        return valid

    def test_the_examples_are_valid(self) -> None:
        """Configuration and rules of the examples are valid by their schemas."""
        ai = REPOSITORY / "examples/ai"
        self.assertEqual(self.valid_where_it_loads("rules", sorted(ai.glob("rules/*.yml"))), len(list(ai.glob("rules/*.yml"))))
        self.assertEqual(self.valid_where_it_loads("config", [ai / "tocsin.yml"]), 1)

    @unittest.skipUnless(CORPUS.is_dir(), f"no corpus at {CORPUS} (set TOCSIN_CORPUS)")
    def test_published_files_that_load_are_valid(self) -> None:
        """Whatever of the published rule files and configurations loads is valid."""
        rules = [path for path in sorted(CORPUS.glob("rules/*/*")) if path.suffix in (".yml", ".yaml")]
        configurations = [path for path in sorted(CORPUS.glob("alertmanager/*/*")) if path.suffix in (".yml", ".yaml")]
        self.assertGreater(self.valid_where_it_loads("rules", rules), 50)
        self.assertGreater(self.valid_where_it_loads("config", configurations), 10)

    def test_a_key_that_nobody_reads_is_refused_wherever_it_stands(self) -> None:
        """In each mapping of a configuration with everything in it, schema and loader agree on an unknown key."""
        document, schema = read_yaml(ODD_BUT_RIGHT), self.schema("config")
        done_file = self.folder / "whole.yml"
        done_file.write_text(ODD_BUT_RIGHT)
        done = run_tocsin("check", done_file, folder=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(mistakes(document, schema), [])
        self.assertTrue(self.loads(document), "as JSON it loads as well")
        self.assertEqual(mistakes(read_yaml(ODD_BUT_RIGHT.replace("send_resolved: true", "send_resolved: yes")), schema), [])
        refused = 0
        for path in mappings(document):
            with self.subTest("/".join(map(str, path))):
                wrong = copy.deepcopy(document)
                at(wrong, path)["nonsense"] = "1"
                if not self.loads(wrong):
                    refused += 1
                    self.assertNotEqual(mistakes(wrong, schema), [], "the schema takes what the loader refuses")
        self.assertGreater(refused, 20)

    def test_a_wrong_rule_file_is_refused_by_both(self) -> None:
        """Unknown keys, lists in place of mappings, words in place of durations."""
        schema = self.schema("rules")
        right = {"groups": [{"name": "a", "interval": "1m", "rules": [{"alert": "A", "expr": "up", "labels": {"a": 1}}]}]}
        self.assertEqual(mistakes(right, schema), [])
        self.assertTrue(self.loads(right))
        for path, key, value in (
            ((), "group", []),
            (("groups", 0), "intervall", "1m"),
            (("groups", 0), "interval", "soon"),
            (("groups", 0), "limit", "many"),
            (("groups", 0), "rules", {"alert": "A"}),
            (("groups", 0, "rules", 0), "fro", "5m"),
            (("groups", 0, "rules", 0), "for", ["5m"]),
            (("groups", 0, "rules", 0), "labels", ["a"]),
            (("groups", 0, "rules", 0), "labels", {"a": {"b": "c"}}),
        ):
            with self.subTest(f"{path} {key}: {value}"):
                wrong = copy.deepcopy(right)
                at(wrong, path)[key] = value
                self.assertFalse(self.loads(wrong))
                self.assertNotEqual(mistakes(wrong, schema), [])

    def test_words_and_descriptions_are_there(self) -> None:
        """What may only be one of some words says which, and keys are described."""
        rules, config = self.schema("rules"), self.schema("config")
        rule = rules["properties"]["groups"]["items"]["properties"]["rules"]["items"]["properties"]
        self.assertIn("PromQL", rule["expr"]["description"])
        self.assertIn('"enum": ["tocsin", "alertmanager", null]', json.dumps(config))
        self.assertIn('"enum": ["", "HTML", "Markdown", "MarkdownV2", null]', json.dumps(config))
        self.assertEqual(rules["$schema"], "http://json-schema.org/draft-07/schema#")


if __name__ == "__main__":
    unittest.main()
