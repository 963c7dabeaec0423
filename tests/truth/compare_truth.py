#!/usr/bin/env python3
"""compare_truth.py TRUTH.json REPLAY_DIR: the generator's truth against what the engine published.

Every outcome and every exact figure has to be equal; unique authors and medians within the error of their sketches.
Conversations, breaches, bursts of terms and key figures of journeys are compared if the pipeline follows them. Prints the
first differences and exits 1 if there are any.
"""
import datetime
import json
import math
import os
import sys
from decimal import Decimal

EXACT = ["count_total", "count_original", "count_by_relation", "count_inbound", "count_inbound_original", "engagements", "sentiment_negative",
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


def compare_bug_shares(truth, kpis, found):
    """A channel's share of the bug reports that came from outside."""
    own, all_of = {}, {}
    for cell in truth["cells"]:
        if cell["type"] == "bug_report" and cell["window"] in ("hour", "day"):
            place = (cell["window"], cell["brand"], cell["window_start"])
            own[(*place, cell["channel"])] = cell["count_inbound_original"]
            all_of[place] = all_of.get(place, 0) + cell["count_inbound_original"]
    got = {(r["window"], r["brand"], r["window_start"], r["channel"]): (r["numerator"], r["denominator"])
           for r in kpis if r["kpi"] == "bug_report_channel_share" and r["numerator"]}
    for key in sorted(set(got) | {key for key, count in own.items() if count}):
        true = (own.get(key, 0), all_of.get(key[:3], 0))
        if got.get(key) != true:
            found.append(f"bug_report_channel_share {key}: {got.get(key)}, true {true}")
    return sum(1 for count in own.values() if count)


KPI_KEY = ["kpi", "window", "brand", "channel", "window_start"]


def net_sentiment(cell):
    positive, neutral, negative = (cell[f"sentiment_{label}"] for label in ("positive", "neutral", "negative"))
    return positive - negative, positive + neutral + negative


def duplicate_share(cell):
    copies = sum(cell["suppressed"].values())
    return copies, copies + cell["count_total"]


# A sum of counts of cells over another one.
RATIOS = {
    "net_sentiment": net_sentiment,
    "engagement_rate": lambda cell: (cell["engagements"], cell["counters"]["impressions"]),
    "duplicate_share": duplicate_share,
}


def compare_ratios(truth, published, kpis, found):
    """By channel and of all, in windows that have closed: on a broker time ends in the last ones."""
    closed = {(record["window"], record["window_start"]) for record in published.values() if record["kind"] != "early"}
    sums = {}
    for cell in truth["cells"]:
        if (cell["window"] not in ("hour", "day") or cell["type"] == "business_event"
                or (cell["window"], cell["window_start"]) not in closed):
            continue
        for kpi, ratio_of in RATIOS.items():
            part, whole = ratio_of(cell)
            for channel in (cell["channel"], "_all"):
                at = sums.setdefault((kpi, cell["window"], cell["brand"], channel, cell["window_start"]), [0, 0])
                at[0] += part
                at[1] += whole
    got = {tuple(record[k] for k in KPI_KEY): (record["numerator"], record["denominator"])
           for record in kpis if record["kpi"] in RATIOS and record["window"] in ("hour", "day")}
    # A ratio of nothing, and no copies, are no figure.
    true, got = ({key: tuple(both) for key, both in all_of.items() if both[0 if key[0] == "duplicate_share" else 1]}
                 for all_of in (sums, got))
    for key in sorted(set(got) | set(true)):
        if got.get(key) != true.get(key):
            found.append(f"{key}: {got.get(key)}, true {true.get(key)}")
    return len(true)


def compare_money(truth, kpis, found):
    names = {"booked_revenue": "booked_orders", "refunds": "booked_refunds", "ad_spend": "ad_spend", "booked_net_revenue": "net"}
    got = {}
    for record in kpis:
        if record["window"] == "day" and record["channel"] == "_all" and record["kpi"] in names:
            got[(record["window_start"][:10], record["brand"], names[record["kpi"]])] = Decimal(record["value"])
    for row in truth["booked"]:
        amounts = dict(row, net=Decimal(row["booked_orders"]) - Decimal(row["booked_refunds"]))
        for field in names.values():
            true = Decimal(amounts[field]).quantize(Decimal("0.01"))
            value = got.get((row["day"], row["brand"], field), Decimal(0))
            if value != true:
                found.append(f"{row['day']} {row['brand']}: {field} {value}, true {true}")


def compare_conversations(truth, outcomes, found):
    """Ids are hashes, so a conversation is named by when and where it was opened."""
    true = {(row["opened_at"], row["channel_first"]): row for row in truth}
    got = {(row["opened_at"], row["channel_first"]): row for row in outcomes}
    for key in sorted(set(true) | set(got)):
        if key not in true or key not in got:
            found.append(f"conversation {key}: {'missing' if key in true else 'not true'}")
            continue
        for field, value in true[key].items():
            if got[key][field] != value:
                found.append(f"conversation {key}: {field} {got[key][field]}, true {value}")


def compare_breaches(truth, alerts, found):
    true = {(row["asked_at"], row["channel"]): row for row in truth}
    got = {(row["asked_at"], row["channel"]): row for row in alerts if row.get("kind") == "sla_breach"}
    for key in sorted(set(true) | set(got)):
        if key not in true or key not in got:
            found.append(f"breach {key}: {'missing' if key in true else 'not true'}")
            continue
        for field, value in true[key].items():
            if got[key][field] != value:
                found.append(f"breach {key}: {field} {got[key][field]}, true {value}")


def is_same_figure(name, got, true):
    """Pasts are rounded to a millionth, hour by hour: what comes of them is right to four digits."""
    return math.isclose(got, true, rel_tol=1e-4) if name in ("expected", "p_value", "q_value") else got == true


def compare_bursts(truth, alerts, found):
    true = {(row["brand"], row["subject"], row["opened_at"]): row for row in truth["bursts"]}
    got = {(row["brand"], row["subject"], row["opened_at"]): row for row in alerts if row.get("kind") == "burst"}
    for key in sorted(set(true) | set(got)):
        if key not in true or key not in got:
            found.append(f"burst {key}: {'missing' if key in true else 'not true'}")
            continue
        if (got[key]["severity"], got[key]["window"], got[key]["exact"]) != ("warning", "hour", True):
            found.append(f"burst {key}: {got[key]}")
        for field, value in true[key].items():
            pairs = [(field, got[key][field], value)]
            if field == "evidence":
                pairs = [(name, got[key][field][name], figure) for name, figure in value.items()]
            found.extend(f"burst {key}: {name} {mine}, true {wanted}" for name, mine, wanted in pairs
                         if not is_same_figure(name, mine, wanted))
    compare_planted(truth["planted"], got, found)


def compare_planted(planted, got, found):
    """What was planted to burst does, in the hour it begins; what was planted to look like it does not."""
    opened = {}
    for brand, term, opened_at in got:
        opened.setdefault((brand, term), []).append(opened_at)
    for row in planted:
        hour = datetime.datetime.fromisoformat(row["from"].replace("Z", "+00:00")) + datetime.timedelta(hours=1)
        wanted = [hour.strftime("%Y-%m-%dT%H:00:00.000000Z")] if row["bursts"] else []
        if opened.get((row["brand"], row["term"]), []) != wanted:
            found.append(f"planted as {row['what']}, {row['brand']} {row['term']}: alerts of {opened.get((row['brand'], row['term']))}, "
                         f"meant {wanted}")


def kpi_differences(fields, got):
    for field, true in fields.items():
        if field == "conversion_millionths":
            if abs(got["conversions"] * 1e6 - true) > max(1, 1e-5 * true):
                yield f"conversions {got['conversions']}, true {true} millionths"
        elif field == "median_low_ms":
            if got["value"] * 1000 < true * 0.97 - 1:
                yield f"median {got['value']} s, true {true} ms at least"
        elif field == "median_high_ms":
            if got["value"] * 1000 > true * 1.03 + 1:
                yield f"median {got['value']} s, true {true} ms at most"
        elif field == "value_low":
            if Decimal(got["value"]) < Decimal(true):
                yield f"value {got['value']}, true {true} at least"
        elif field == "value_high":
            if Decimal(got["value"]) > Decimal(true):
                yield f"value {got['value']}, true {true} at most"
        elif got.get(field) != true:
            yield f"{field} {got.get(field)}, true {true}"


def compare_kpis(truth, kpis, found):
    names = {row["kpi"] for row in truth}
    true = {tuple(row[k] for k in KPI_KEY): row["fields"] for row in truth}
    got = {tuple(row[k] for k in KPI_KEY): row for row in kpis if row["kpi"] in names}
    for key in sorted(set(true) | set(got)):
        if key not in got:
            found.append(f"{key}: missing")
        elif key not in true:
            if got[key]["n"] != 0:
                found.append(f"{key}: not true: {got[key]}")
        else:
            found.extend(f"{key}: {text}" for text in kpi_differences(true[key], got[key]))


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
    kpis = lines(directory + "/kpis.jsonl")
    shares = compare_bug_shares(truth, kpis, found)
    ratios = compare_ratios(truth, published, kpis, found)
    compare_money(truth, kpis, found)
    follows = os.path.exists(directory + "/outcomes.jsonl")
    if follows:
        compare_conversations(truth["conversations"], lines(directory + "/outcomes.jsonl"), found)
        alerts = lines(directory + "/alerts.jsonl")
        compare_breaches(truth["breaches"], alerts, found)
        compare_bursts(truth, alerts, found)
        compare_kpis(truth["kpis"], kpis, found)
    for text in found[:20]:
        print(text)
    more = (f", {len(truth['conversations'])} conversations, {len(truth['breaches'])} breaches, {len(truth['bursts'])} bursts, "
            f"{len(truth['kpis'])} key figures")
    print(f"compared {len(truth['cells'])} cells, {shares} shares of bug reports, {ratios} ratios of activity, {len(truth['booked'])} booked rows{more if follows else ''}: {len(found)} differences")
    return 1 if found else 0


sys.exit(main())
