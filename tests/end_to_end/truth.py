#!/usr/bin/env python3
"""truth.py KAIKU WORKLOAD: a generated workload through `replay` gives exactly what the generator knows to be true, for
several numbers of shards, and the same bytes for all of them, but for what is timely by its contract.

Workloads: stream (minutes of twelve brands at a high rate, three seeds), month (thirty days of three brands: conversations,
breaches and journeys that end, bursts of terms and what only looks like one)."""
import json
import pathlib
import subprocess
import sys
import tempfile

KAIKU = sys.argv[1]
COMPARE = pathlib.Path(__file__).resolve().parents[1] / "truth" / "compare_truth.py"
WORKLOADS = {
    "stream": [("--events", "30000", "--rate", "15", "--seed", seed) for seed in ("1", "2", "3")],
    "month": [("--preset", "month", "--seed", "1")],
}


def call(*arguments):
    result = subprocess.run(arguments, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, f"{arguments}: {result.returncode}\n{result.stdout[-3000:]}{result.stderr[-1500:]}"
    return result.stdout


def without_timely(alerts):
    """On a busy machine time is looked at more often before the input ends. So a deadline is seen to be at risk that else is
    answered at once, and a signal that nothing follows is seen to be over."""
    kept = []
    for alert in map(json.loads, alerts.splitlines()):
        if alert.get("record_type") == "signal":
            del alert["state"], alert["updated_at"]
        if alert.get("kind") != "sla_risk":
            kept.append(json.dumps(alert))
    return kept


def check(work, workload):
    call(KAIKU, "generate", *workload, "--output", str(work))
    inputs = [part for source in ("posts", "support", "orders")
              for part in ("--input", f"{source}={work / (source + '.envelope.jsonl')}")]
    first = None
    for shards in (1, 2, 7):
        out = work / f"out-{shards}"
        call(KAIKU, "replay", "-c", str(work / "pipeline.yaml"), *inputs, "--output", str(out), "--set", f"shards={shards}")
        files = {path.name: path.read_bytes() for path in sorted(out.glob("*.jsonl"))}
        files["alerts.jsonl"] = without_timely(files["alerts.jsonl"])
        first = first or files
        assert files == first, f"{workload}: shards={shards} gives other bytes"
    assert {"aggregates.jsonl", "kpis.jsonl", "outcomes.jsonl", "alerts.jsonl"} <= set(first), sorted(first)
    print(*workload, call(sys.executable, str(COMPARE), str(work / "truth.json"), str(out)).strip(), flush=True)


def check_the_check(work):
    """One wrong figure of each kind is found: a comparison that sees nothing proves nothing."""
    truth = json.loads((work / "truth.json").read_text())
    truth["conversations"][0]["messages_customer"] += 1
    truth["breaches"][0]["sla_policy"] = "another"
    next(row for row in truth["kpis"] if row["kpi"] == "sla_attainment")["fields"]["numerator"] += 1
    next(row for row in truth["kpis"] if row["kpi"] == "attributed_revenue_linear")["fields"]["value"] = "0.01"
    next(row for row in truth["kpis"] if row["kpi"] == "attributed_revenue_markov")["fields"]["value_high"] = "-0.01"
    next(cell for cell in truth["cells"] if cell["window"] == "day" and cell["type"] == "mention")["sentiment_positive"] += 1
    del truth["kpis"][-1], truth["conversations"][-1]
    if bursts := truth["bursts"]:
        bursts[0]["evidence"]["unique_authors"] += 1
        bursts[1]["evidence"]["p_value"] *= 1.001
        bursts[2]["opened_at"] = bursts[2]["updated_at"]
        next(row for row in truth["planted"] if row["what"] == "few authors")["bursts"] = True
    (work / "wrong.json").write_text(json.dumps(truth))
    result = subprocess.run([sys.executable, str(COMPARE), str(work / "wrong.json"), str(work / "out-1")], capture_output=True, text=True)
    assert result.returncode == 1 and f" {15 if bursts else 10} differences" in result.stdout, result.stdout


with tempfile.TemporaryDirectory() as name:
    for number, options in enumerate(WORKLOADS[sys.argv[2]]):
        check(pathlib.Path(name) / str(number), options)
    check_the_check(pathlib.Path(name) / "0")
