"""JSON Schema and YAML for tests: Debian's modules, from where tests/run.sh unpacks them if they are not installed."""

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from programs import UNPACKED

UNPACKED_MODULES = UNPACKED.parent / "lib/python3/dist-packages"


def _module(name: str) -> Any:
    if str(UNPACKED_MODULES) not in sys.path:
        sys.path.append(str(UNPACKED_MODULES))
    return importlib.import_module(name)


def mistakes(document: Any, schema: Any) -> list[str]:
    """What a schema says against a document, with the path to it."""
    jsonschema = _module("jsonschema")
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    found = validator(schema).iter_errors(document)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in found]


def read_yaml(text: str) -> Any:
    """As editors read it: YAML 1.2's booleans, no dates; what JSON has no place for becomes text."""
    yaml = _module("yaml")

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NOT_IN_1_2]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
    return json.loads(json.dumps(yaml.load(text, Loader), default=str))


_NOT_IN_1_2 = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"}


def load_fixture(name: str) -> Any:
    return json.loads((Path(__file__).parent / "fixtures" / name).read_text())
