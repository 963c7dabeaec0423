"""replay_files.py KAIKU: what `replay` reads and writes: no money is lost, `verify --replay` finds what was changed, inputs
that cannot be read are errors, and nothing of an earlier run is left beside a new one."""

import json
import pathlib
import shutil
import sys
import tempfile

from replays import check, expect, fail, lines, replay, run, same_replays

PIPELINE = """version: 1
name: files
log: {kind: local}
sources:
  shop: {topic: shop}
brands: open
windows: {day: {size: 1d}}
business: {currency: EUR, rates: rates.csv}
"""


def order(name, brand, amount, currency, day="02"):
    return "shop", {"event_id": name, "type": "business_event", "kind": "order", "business_id": name, "brand_id": brand, "channel": "web",
                    "occurred_at": f"2026-11-{day}T10:00:00Z", "amount": amount, "currency": currency}


ORDERS = [order("o1", "alone", "7.00", "GBP"), order("o2", "beside", "7.00", "GBP"), order("o3", "beside", "5.00", "EUR"),
          order("o4", "gift", "0.00", "EUR"), order("o5", "beside", "2.00", "EUR", "04")]


def check_money(kaiku, pipeline):
    """A sum without a rate is a figure, if it is all the money of its brand too; so is an order of nothing."""
    texts, runs = same_replays(kaiku, pipeline, ORDERS, ["kpis", "aggregates"])
    revenue = {record["brand"]: record for record in lines(texts["kpis"])
               if record["kpi"] == "booked_revenue" and record["channel"] == "_all" and record["window_start"][:10] == "2026-11-02"}
    got = {brand: (record["value"], record["n"], [part["amount"] for part in record.get("unconverted", [])])
           for brand, record in revenue.items()}
    check("revenue", got, {"alone": ("0.00", 1, ["7"]), "beside": ("5.00", 2, ["7"]), "gift": ("0.00", 1, [])})
    return runs


def check_proof(kaiku, pipeline):
    replay(kaiku, pipeline, ORDERS, 2)
    out, spare = pipeline.parent / "out", pipeline.parent / "spare"
    expect(0, ["balanced"], run(kaiku, "verify", "--replay", out))
    ledger = json.loads((out / "ledger.json").read_text())
    check("files", [file["file"] for file in ledger["files"]],
          ["aggregates.jsonl", "kpis.jsonl", "late.jsonl", "dead_letters.jsonl"])

    def broken(words, change):
        shutil.rmtree(spare, ignore_errors=True)
        shutil.copytree(out, spare)
        change(spare)
        expect(65, words, run(kaiku, "verify", "--replay", spare))

    def with_ledger(change):
        def write(folder):
            changed = json.loads(json.dumps(ledger))
            change(changed)
            (folder / "ledger.json").write_text(json.dumps(changed))
        return write

    def in_source(*path):
        def change(changed):
            place = changed["sources"][0]
            for name in path[:-1]:
                place = place[name]
            place[path[-1]] += 1
        return with_ledger(change)

    rows = (out / "aggregates.jsonl").read_text()
    broken(["aggregates.jsonl", "missing"], lambda folder: (folder / "aggregates.jsonl").unlink())
    broken(["aggregates.jsonl", "lines instead of"],
           lambda folder: (folder / "aggregates.jsonl").write_text(rows[:rows.rindex("\n", 0, -1) + 1]))
    broken(["aggregates.jsonl", "changed"],
           lambda folder: (folder / "aggregates.jsonl").write_text(rows.replace('"orders":1', '"orders":2', 1)))
    broken(["shop", "items 6", "all outcomes 5"], in_source("items"))
    broken(["shop", "items 5", "all outcomes 6"], in_source("outcomes", "counted"))
    broken(["duplicates 0", "all kinds 1"], in_source("duplicates", "redelivery"))
    broken(["dead letters 0", "all classes 1"], in_source("dead_letters", "parse"))
    broken(["sent", "received"], in_source("sent"))
    broken(["no sources"], with_ledger(lambda changed: changed.update(sources=[])))
    broken(["no files"], with_ledger(lambda changed: changed.pop("files")))
    broken(["no JSON object"], lambda folder: (folder / "ledger.json").write_text("{"))
    expect(66, ["ledger.json"], run(kaiku, "verify", "--replay", pipeline.parent / "nowhere"))


def check_scrape(pipeline):
    """Beside the figures: what was counted on the way, as a scrape says it."""
    scrape = (pipeline.parent / "out" / "metrics.prom").read_text()
    for line in ('kaiku_source_records_total{source="shop"} 5', 'kaiku_ledger_balanced 1'):
        if f"\n{line}\n" not in scrape:
            fail(f"metrics.prom lacks {line}:\n{scrape[:3000]}")


def check_inputs(kaiku, pipeline):
    folder = pipeline.parent

    def given(path, *more):
        return run(kaiku, "replay", "-c", pipeline, "--input", f"shop={path}", "--output", folder / "refused", *more)

    for framing in ("lines", "record", "envelope"):
        expect(66, [f"{folder}: cannot be read"], given(folder, "--framing", framing))

    def envelopes(*places):
        path = folder / "shop.envelope.jsonl"
        path.write_text("".join(json.dumps({"partition": partition, "offset": offset, "timestamp": "2026-11-02T10:00:00Z", "key": None,
                                            "value": json.dumps(order(f"e{number}", "b", "1.00", "EUR")[1])}) + "\n"
                                for number, (partition, offset) in enumerate(places)))
        return path

    expect(65, ["shop.envelope.jsonl:3", "offset 4 of partition 1 comes after offset 4"], given(envelopes((1, 4), (0, 4), (1, 4))))
    expect(65, ["offset 3 of partition 0 comes after offset 7"], given(envelopes((0, 7), (0, 3))))
    expect(65, ["partition 4096 is not below 4096"], given(envelopes((4096, 1))))
    expect(65, ["`partition` is not between 0 and"], given(envelopes((99999999, 1))))
    expect(64, ["read twice"], given("-", "--framing", "envelope"))
    if (folder / "refused").exists():
        fail("a replay that was refused wrote results")
    expect(0, ["replayed 3 records"], given(envelopes((1, 4), (0, 4), (1, 9)), "--log.format", "json"))


def check_leftovers(kaiku, pipeline):
    folder = pipeline.parent
    (folder / "shop.jsonl").write_text(json.dumps(ORDERS[0][1]) + "\n")
    more = ["--input", f"shop={folder / 'shop.jsonl'}", "--output", folder / "twice"]
    expect(0, [], run(kaiku, "replay", "-c", pipeline, "--set", "items.publish=true", *more))
    if not (folder / "twice" / "items.jsonl").exists():
        fail("no items were published")
    (folder / "twice" / "mine.txt").write_text("stays")
    expect(0, [], run(kaiku, "replay", "-c", pipeline, *more))
    check("files of the second run", sorted(path.name for path in (folder / "twice").iterdir()),
          ["aggregates.jsonl", "dead_letters.jsonl", "kpis.jsonl", "late.jsonl", "ledger.json", "metrics.prom", "mine.txt"])
    expect(0, ["balanced"], run(kaiku, "verify", "--replay", folder / "twice"))


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "rates.csv").write_text("currency,date,rate\nUSD,2026-11-01,0.9\n")
        pipeline = folder / "files.yaml"
        pipeline.write_text(PIPELINE)
        runs = check_money(kaiku, pipeline)
        check_proof(kaiku, pipeline)
        check_scrape(pipeline)
        check_inputs(kaiku, pipeline)
        check_leftovers(kaiku, pipeline)
    print(f"replay_files: {runs} runs with the same money; 11 forged results and 8 inputs refused; no leftovers")


if __name__ == "__main__":
    main()
