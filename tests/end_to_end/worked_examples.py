#!/usr/bin/env python3
"""Every key figure has a worked example: a row of pipelines/README.md that names a test of a pipeline file, and that test
expects a record of this key figure. A test that its prose names is there too. That the tests hold is shown by pipelines.test.

    worked_examples.py [KAIKU]"""

import json
import pathlib
import re
import sys

PIPELINES = pathlib.Path(__file__).resolve().parents[2] / "pipelines"
ROW = re.compile(r"^\| (M\d\d)? ?\| `(\w+)` \| (.+) \| `(\w+\.yaml)`: (.+) \|$")

PROSE = re.compile(r'"([^"]+)" in `(\w+\.yaml)`')


def tests_of(name):
    """Test name -> the text of the test."""
    found, current = {}, None
    for line in (PIPELINES / name).read_text().splitlines():
        if line.startswith("  - name: "):
            current = line.removeprefix("  - name: ")
            found[current] = ""
        elif current is not None:
            found[current] += line + "\n"
    return found


def main():
    schema = json.loads((PIPELINES / "schemas/kpi.v1.schema.json").read_text())
    wanted = set(schema["properties"]["kpi"]["enum"])
    ids = set(schema["properties"]["metric_id"]["enum"])
    problems, seen, shown = [], set(), set()
    for line in (PIPELINES / "README.md").read_text().splitlines():
        row = ROW.match(line)
        if row is None:
            continue
        metric, kpi, _, name, test = row.groups()
        seen.add(kpi)
        shown.add(metric)
        text = tests_of(name).get(test)
        if text is None:
            problems.append(f"{kpi}: {name} has no test '{test}'")
        elif f"kpi: {kpi}," not in text:
            problems.append(f"{kpi}: the test '{test}' of {name} expects no such record")
    for test, name in PROSE.findall(" ".join((PIPELINES / "README.md").read_text().split())):
        if not any(test in known for known in tests_of(name)):
            problems.append(f"pipelines/README.md tells of \"{test}\", and {name} has no such test")
    problems += [f"{kpi}: no worked example in pipelines/README.md" for kpi in sorted(wanted - seen)]
    problems += [f"{kpi}: nothing of this name is published" for kpi in sorted(seen - wanted)]
    problems += [f"{metric}: in the schema, but not in pipelines/README.md" for metric in sorted(ids - shown)]
    for problem in problems:
        print(problem)
    print(f"{len(seen)} key figures with worked examples, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
