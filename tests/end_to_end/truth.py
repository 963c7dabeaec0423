#!/usr/bin/env python3
"""truth.py KAIKU: a generated workload through `replay` gives exactly what the generator knows to be true, for
several seeds and numbers of shards, and the same bytes for all of them."""
import pathlib
import subprocess
import sys
import tempfile

KAIKU = sys.argv[1]
COMPARE = pathlib.Path(__file__).resolve().parents[1] / "truth" / "compare_truth.py"


def call(*arguments):
    result = subprocess.run(arguments, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, f"{arguments}: {result.returncode}\n{result.stdout[-3000:]}{result.stderr[-1500:]}"
    return result.stdout


with tempfile.TemporaryDirectory() as name:
    for seed in (1, 2, 3):
        work = pathlib.Path(name) / str(seed)
        call(KAIKU, "generate", "--events", "30000", "--seed", str(seed), "--rate", "15", "--output", str(work))
        first = None
        for shards in (1, 2, 7):
            out = work / f"out-{shards}"
            inputs = [part for source in ("posts", "support", "orders")
                      for part in ("--input", f"{source}={work / (source + '.envelope.jsonl')}")]
            call(KAIKU, "replay", "-c", str(work / "pipeline.yaml"), *inputs, "--output", str(out), "--set", f"shards={shards}")
            files = {path.name: path.read_bytes() for path in sorted(out.glob("*.jsonl"))}
            first = first or files
            assert files == first, f"seed {seed}: shards={shards} gives other bytes"
        print(f"seed {seed}:", call(sys.executable, str(COMPARE), str(work / "truth.json"), str(out)).strip())
