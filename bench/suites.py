#!/usr/bin/env python3
"""Runs the suites in memory, prints their table and writes it into bench/README.md.

Every round runs all suites, so that a busy minute of the machine hits all of them; a figure is the best of its
rounds. Usage: suites.py BUILD_FOLDER [--rounds N] [--keep-readme] [SUITE...]
"""
import argparse
import json
import pathlib
import subprocess
import sys

import figures

# What the libraries alone cost on the same kind of machine, in CPU nanoseconds per event; measured with small
# programs around the bare library or data structure. Not a bar: a mark below which nobody gets with it.
LIMITS = {
    "parse/Canonical": "644 (simdjson, 15 fields, with the copy)",
    "match/Texts": "142 (Hyperscan, Unicode folding, 147 bytes)",
    "match/AsciiTexts": "130 (Hyperscan, ASCII folding, 147 bytes)",
    "dedup/NewItems": "81 (exact set, filling)",
    "dedup/Copies": "35 (exact set, found)",
    "aggregate/DeltaUpdate": "56 (cell, HyperLogLog, histogram)",
    "aggregate/BoardMerge": "163-256 (three cells updated by one event)",
    "pipeline/Direct/50000": "874 (one loop, no exchange, no outputs)",
}
WHAT = {
    "parse/BareSimdjson": "mark: simdjson alone over the same records, 15 texts of each, nothing kept",
    "parse/Canonical": "parse: canonical record, the fields of the pipeline",
    "parse/CanonicalAllFields": "parse: canonical record, all fields",
    "parse/MappedXv1": "parse: a post of X's API v1.1 by the mapping `x_v1`",
    "match/Texts": "match: 500 brands, texts of the corpus",
    "match/AsciiTexts": "match: the same texts without other letters than ASCII's",
    "dedup/NewItems": "dedup: a new item",
    "dedup/Copies": "dedup: a copy of an item",
    "dedup/CommitOfNewItems": "dedup: writing a new item down, in a commit of 10,000",
    "aggregate/DeltaUpdate": "aggregate: an item into the change of its cell",
    "aggregate/ItemStage": "items stage: dedup and the changes of cells",
    "aggregate/BoardMerge": "board: one change into minute, hour and day, per change",
    "exchange/ItemsEncode": "exchange: an item written",
    "exchange/ItemsDecode": "exchange: an item read",
    "exchange/DeltasEncode": "exchange: a change of a cell written",
    "exchange/DeltasDecode": "exchange: a change of a cell read",
    "commit/ChangedCells": "commit: per changed cell, of 10,000",
    "commit/ChangedCellsWithEarlyRecords": "commit: the same with an early record of each",
    "pipeline/Direct/10000": "**whole pipeline, direct**, commit each 10,000 events",
    "pipeline/Direct/50000": "**whole pipeline, direct**, commit each 50,000 events",
    "pipeline/Direct/500000": "**whole pipeline, direct**, a second at the rate of the floor",
    "pipeline/Routed/50000": "**whole pipeline, routed**, commit each 50,000 events",
}
# The levels behind the items, each with its commits.
LEVELS = {
    "levels/Orders": "order level: an order that names its customer",
    "levels/Refunds": "order level: a refund of one of 200,000 orders",
    "levels/Questions": "key level: the question of an order, answered with four touches",
    "levels/Verdicts": "verdict level: an order told and answered, divided by five models",
    "levels/BoardConversations": "board: an answered conversation into minute, hour and day",
    "levels/BoardAttributions": "board: an attributed order into the same windows",
    "levels/MarketMentions": "market: a minute's mentions of one brand, told to its market",
    "levels/MarketClose": "market: an hour and a day end, per record of a share of voice",
}
# The keyed stages with much that is open: name -> what is told, and of how many.
OPEN = {
    "keyed/OpenConversations": "a message to one of so many open conversations",
    "keyed/CustomersWithTouches": "a touch of one of so many customers",
}
# A commit each second is, at that rate, one of 500,000 events.
FLOOR = ("pipeline/Direct/500000", 500_000)


def run_suite(program, noun, out):
    """Adds the figures of one run to `out`: name -> list of benchmark entries."""
    answer = subprocess.run([program, "--benchmark_format=json"], stdout=subprocess.PIPE, check=True)
    for entry in json.loads(answer.stdout)["benchmarks"]:
        if entry.get("error_occurred"):
            sys.exit(f"{noun}/{entry['name']}: {entry['error_message']}")
        name = entry["name"].split("/iterations")[0]
        out.setdefault(f"{noun}/{name}", []).append(entry)


def keyed_table(entries):
    """Cost per message and memory per key by the number of keys; the ratio says whether it stays flat."""
    rows = []
    first = {}
    for name, runs in entries.items():
        what, _, count = name.rpartition("/")
        if what not in OPEN:
            continue
        best = min(run["cpu_ns"] for run in runs)
        first.setdefault(what, best)
        rows.append([OPEN[what], figures.thousands(int(count)), figures.thousands(best), f"{best / first[what]:.2f}",
                     figures.thousands(runs[0]["bytes_per_key"])])
    return figures.table(["what", "keys", "CPU ns per message", "to the first", "bytes of memory per key"], rows) if rows else ""


def levels_table(entries):
    """Cost of what an order, a conversation and a market are on their way."""
    rows = []
    for name, what in LEVELS.items():
        if name in entries:
            costs = [run["cpu_ns"] for run in entries[name]]
            rows.append([what, figures.thousands(min(costs)), figures.thousands(max(costs))])
    return figures.table(["what", "CPU ns", "worst round"], rows) if rows else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep-readme", action="store_true", help="only print")
    parser.add_argument("suites", nargs="*", help="nouns: parse, match, ...; all of them")
    options = parser.parse_args()
    nouns = options.suites or list(dict.fromkeys(name.split("/")[0] for name in [*WHAT, *LEVELS, *OPEN]))
    entries = {}
    for number in range(1, options.rounds + 1):
        for noun in nouns:
            print(f"round {number} of {options.rounds}: {noun}", file=sys.stderr)
            run_suite(options.build / f"kaiku_bench_{noun}", noun, entries)
    (options.build / "bench_figures.json").write_text(json.dumps(entries, indent=1))
    rows = []
    for name, runs in entries.items():
        if name.rpartition("/")[0] in OPEN or name in LEVELS:
            continue
        best = min(run["cpu_ns"] for run in runs)
        worst = max(run["cpu_ns"] for run in runs)
        rows.append([WHAT.get(name, name), figures.thousands(best), figures.thousands(worst),
                     figures.thousands(1e9 / best), LIMITS.get(name, "")])
    head = ["what", "CPU ns per event", "worst round", "events/s/core", "measured limit of the library alone"]
    text = figures.table(head, rows)
    if rows:
        print(text)
    verdict = ""
    if FLOOR[0] in entries:
        rate = 1e9 / min(run["cpu_ns"] for run in entries[FLOOR[0]])
        one = entries[FLOOR[0]][0]
        verdict = (f"\n\nFloor: {FLOOR[1]:,} events/s/core for the whole direct pipeline; measured "
                   f"{rate:,.0f}: {'met' if rate >= FLOOR[1] else '**missed**'}. One commit there changes "
                   f"{one['cells_per_commit']:,.0f} cells on average.")
        print(verdict)
    levels = levels_table(entries)
    keyed = keyed_table(entries)
    print(levels, keyed, sep="\n")
    if not options.keep_readme and not options.suites:
        figures.rewrite_section("bench/run levels", f"Best and worst of {options.rounds} rounds. {figures.machine()}.\n\n{levels}")
        figures.rewrite_section("bench/run keyed", keyed)
        figures.rewrite_section("bench/run", f"Best and worst of {options.rounds} rounds. {figures.machine()}.\n\n{text}{verdict}")


if __name__ == "__main__":
    main()
