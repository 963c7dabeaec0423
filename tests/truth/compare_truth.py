#!/usr/bin/env python3
"""compare_truth.py TRUTH.json REPLAY_DIR: the generator's truth against what the engine published.

Every outcome and every exact figure has to be equal; unique authors within the error of the sketch.
Prints the first differences and exits 1 if there are any.
"""
import json
import sys
from decimal import Decimal

EXACT = ["count_total", "count_original", "count_by_relation", "engagements", "sentiment_negative",
         "sentiment_neutral", "sentiment_positive", "suppressed", "edits", "deletions"]
BUSINESS = ["orders", "refunds", "spends"]
KEY = ["window", "brand", "channel", "type", "window_start"]


def compare_outcomes(truth, ledger, found):
    for true, got in zip(truth["sources"], ledger["sources"]):
        for outcome in ("counted", "duplicate", "late", "dead_letter", "ignored"):
            if true[outcome] != got["outcomes"][outcome]:
                found.append(f"{true['source']}: {outcome} {got['outcomes'][outcome]}, true {true[outcome]}")
        for field, name in (("duplicate_by_kind", "duplicates"), ("dead_letter_by_class", "dead_letters")):
            if true[field] != got[name]:
                found.append(f"{true['source']}: {name} {got[name]}, true {true[field]}")
        for counter in ("stragglers", "conflicting_duplicates", "capacity_overflow"):
            if got[counter]:
                found.append(f"{true['source']}: {counter} {got[counter]}: figures left the promise")
    if not ledger["balanced"]:
        found.append("the ledger does not balance")


def compare_cells(truth, published, found):
    true_cells = {tuple(cell[k] for k in KEY): cell for cell in truth["cells"]}
    for key in sorted(set(true_cells) | set(published)):
        true, got = true_cells.get(key), published.get(key)
        if true is None or got is None:
            figures = true or got
            if any(figures[field] for field in EXACT if isinstance(figures[field], int)):
                found.append(f"{key}: {'missing' if got is None else 'not true'}")
            continue
        fields = EXACT + (BUSINESS if key[3] == "business_event" else [])
        for field in fields:
            if true[field] != got[field]:
                found.append(f"{key}: {field} {got[field]}, true {true[field]}")
        authors = true["unique_authors"]
        if abs(authors - got["unique_authors"]) > max(2, 0.06 * authors):
            found.append(f"{key}: unique_authors {got['unique_authors']}, true {authors}")


def compare_money(truth, kpis, found):
    names = {"booked_revenue": "booked_orders", "refunds": "booked_refunds", "ad_spend": "ad_spend"}
    got = {}
    for record in kpis:
        if record["window"] == "day" and record["channel"] == "_all" and record["kpi"] in names:
            got[(record["window_start"][:10], record["brand"], names[record["kpi"]])] = Decimal(record["value"])
    for row in truth["booked"]:
        for field in names.values():
            true = Decimal(row[field]).quantize(Decimal("0.01"))
            value = got.get((row["day"], row["brand"], field), Decimal(0))
            if value != true:
                found.append(f"{row['day']} {row['brand']}: {field} {value}, true {true}")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main():
    truth = json.load(open(sys.argv[1], encoding="utf-8"))
    directory = sys.argv[2]
    found = []
    compare_outcomes(truth, json.load(open(directory + "/ledger.json", encoding="utf-8")), found)
    published = {tuple(record[k] for k in KEY): record for record in lines(directory + "/aggregates.jsonl")}
    compare_cells(truth, published, found)
    compare_money(truth, lines(directory + "/kpis.jsonl"), found)
    for text in found[:20]:
        print(text)
    print(f"compared {len(truth['cells'])} cells, {len(truth['booked'])} booked rows: {len(found)} differences")
    return 1 if found else 0


sys.exit(main())
