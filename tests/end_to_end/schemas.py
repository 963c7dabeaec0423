"""What in a record is not as its schema in pipelines/schemas says. Standard library only; a keyword that our schemas do
not use is an error, so that none is forgotten here."""

import json
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "pipelines" / "schemas"
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
SAID = {"$schema", "$id", "title", "description"}


def schema(name, version=1):
    return json.loads((FOLDER / f"{name}.v{version}.schema.json").read_text())


def is_a(value, name):
    if name in ("number", "integer"):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole or (name == "number" and isinstance(value, float))
    return isinstance(value, TYPES[name])


def problems(rules, value, path):
    """Lines of text, none if the value is valid. A field that is not described is a problem too."""
    for keyword, rule in rules.items():
        if keyword == "type":
            if not any(is_a(value, name) for name in ([rule] if isinstance(rule, str) else rule)):
                yield f"{path} has another type: {value!r}"
        elif keyword == "const" or keyword == "enum":
            if value not in (rule if keyword == "enum" else [rule]):
                yield f"{path} is none of its values: {value!r}"
        elif keyword == "pattern":
            if isinstance(value, str) and not re.search(rule, value):
                yield f"{path} has another form: {value!r}"
        elif keyword == "minimum":
            if is_a(value, "number") and value < rule:
                yield f"{path} is too small: {value!r}"
        elif keyword == "items":
            for item in value if isinstance(value, list) else []:
                yield from problems(rule, item, path + "[]")
        elif keyword == "required":
            yield from (f"{path} lacks {name}" for name in rule if name not in value)
        elif keyword == "properties":
            for name, field in value.items() if isinstance(value, dict) else []:
                if name in rule:
                    yield from problems(rule[name], field, f"{path}.{name}")
                else:
                    yield f"{path}.{name} is not described"
        elif keyword == "if":
            if any(problems(rule, value, path)):
                yield from problems(rules["else"], value, path)
        elif keyword != "else" and keyword not in SAID:
            raise ValueError(f"{path}: unknown keyword {keyword}")
