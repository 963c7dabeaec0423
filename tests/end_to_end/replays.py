"""What the scripts of this folder share: records that are written in them go through `replay` in three orders and with 1, 2
and 7 shards; a check that fails says what was expected, a run that fails what the program said.
"""

import json
import pathlib
import random
import shutil
import subprocess
import sys

import schemas

SCRIPT = pathlib.Path(sys.argv[0]).stem


def fail(text):
    sys.exit(f"{SCRIPT}: {text}")


def check(what, got, wanted):
    if got != wanted:
        fail(f"{what}: {got}, expected {wanted}")


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def call(*arguments, **options):
    """The standard output of a program that has to succeed."""
    result = subprocess.run(arguments, capture_output=True, text=True, timeout=300, **options)
    if result.returncode != 0:
        fail(f"{' '.join(map(str, arguments))}: ended with {result.returncode}\n{result.stderr[-3000:]}")
    return result.stdout


def run(kaiku, *arguments, **options):
    return subprocess.run([kaiku, *map(str, arguments)], capture_output=True, text=True, timeout=120, **options)


def expect(code, words, result):
    """A run has ended with this code and said these words."""
    said = result.stderr + result.stdout
    if result.returncode != code:
        fail(f"{result.args}: {result.returncode} instead of {code}\n{said[-3000:]}")
    for word in words:
        if word not in said:
            fail(f"{result.args}: '{word}' is not in\n{said[-3000:]}")


def replay(kaiku, pipeline, records, shards, *more):
    """`records`: pairs of a source and its record; a text goes in as it is. Answers the outputs' texts by their names."""
    folder = pipeline.parent
    texts = {}
    for source, record in records:
        texts.setdefault(source, []).append((record if isinstance(record, str) else json.dumps(record)) + "\n")
    arguments = [kaiku, "replay", "-c", pipeline, "--set", f"shards={shards}", *more]
    for source, text in texts.items():
        (folder / f"{source}.jsonl").write_text("".join(text))
        arguments += ["--input", f"{source}={folder / source}.jsonl"]
    shutil.rmtree(folder / "out", ignore_errors=True)
    call(*arguments, "--output", folder / "out")
    return {file.stem: file.read_text() for file in sorted((folder / "out").glob("*.json*"))}


def each_replay(kaiku, pipeline, records):
    """Number of shards and outputs of each run, order by order."""
    shuffled = records[:]
    random.Random(7).shuffle(shuffled)
    for order in (records, records[::-1], shuffled):
        for shards in (1, 2, 7):
            yield shards, replay(kaiku, pipeline, order, shards)


def same_replays(kaiku, pipeline, records, outputs):
    """Outputs of these names that are the same bytes in every run, and how many runs there were."""
    wanted, runs = None, 0
    for shards, got in each_replay(kaiku, pipeline, records):
        got = {name: got.get(name, "") for name in outputs}
        wanted = wanted or got
        for name in outputs:
            if got[name] != wanted[name]:
                fail(f"{name} differs with {shards} shards or in another order")
        runs += 1
    return wanted, runs


def check_schemas(texts, by_output):
    """How many records are as their schema says: all of them. `by_output`: the schemas' names."""
    checked = 0
    for output, name in by_output.items():
        schema = schemas.schema(name)
        for record in lines(texts.get(output, "")):
            for problem in schemas.problems(schema, record, name):
                fail(f"{output}: {problem} in {record}")
            checked += 1
    return checked
