"""A document from its file: YAML or JSON, strictly (a key written twice is an error)."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gateway.document.repeated import parse_json

# Far more than any document needs; the YAML library would use up its stack and crash.
DEEPEST = 100


class Unreadable(Exception):
    """A file that cannot be read or is neither YAML nor JSON; one line with the place."""


def load_file(path: Path) -> tuple[Any, bytes]:
    """The content of a file and its bytes."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path}: not UTF-8 at byte {error.start}") from error
    return (load_json(text, path) if path.suffix == ".json" else load_yaml(text, path)), raw


def load_json(text: str, path: Path) -> Any:
    """A key that is written twice is left to whoever reads the document, who knows its place."""
    try:
        return parse_json(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"{path}:{error.lineno}:{error.colno}: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error


def load_yaml(text: str, path: Path) -> Any:
    import yaml  # 20 ms that a gateway with a Cloud Gate never needs

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class StrictLoader(base):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[Any] = set()
            for key_node, _ in node.value:
                if not isinstance(key_node.value, str):
                    continue  # refused below: such a key cannot be looked up
                if key_node.value in seen and key_node.tag != "tag:yaml.org,2002:merge":
                    raise yaml.constructor.ConstructorError(
                        None,
                        None,
                        f'the key "{key_node.value}" is written twice',
                        key_node.start_mark,
                    )
                seen.add(key_node.value)
            return super().construct_mapping(node, deep)

    try:
        check_depth(yaml.parse(text, Loader=base), path)
        return yaml.load(text, Loader=StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        problem = " ".join(str(error.problem or error.context or "not YAML").split())
        raise Unreadable(f"{path}{place}: {problem}") from error
    except yaml.YAMLError as error:
        raise Unreadable(f"{path}: {' '.join(str(error).split())}") from error
    except (RecursionError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error


def check_depth(events: Iterable[Any], path: Path) -> None:
    """Look at the structure alone, which takes no stack."""
    depth = 0
    for event in events:
        name = type(event).__name__
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        if depth > DEEPEST:
            line = event.start_mark.line + 1
            raise Unreadable(f"{path}:{line}: nested more than {DEEPEST} deep")
