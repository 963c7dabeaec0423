#!/usr/bin/env python3
"""sample_data.py KAIKU CASE: what must come out of real records that no one here wrote.

The data lies beside the project in ../shared/data; without it a case is skipped (status 77) with a word.
"""
import concurrent.futures
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
from decimal import ROUND_HALF_EVEN, Decimal

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
KAIKU = sys.argv[1]
ALL_SHARDS = (1, 2, 7)


def replay(pipeline, inputs, folder, shards=2, expect=0, settings=()):
    arguments = [KAIKU, "replay", "-c", str(pipeline), "--output", str(folder), "--set", f"shards={shards}"]
    for setting in settings:
        arguments += ["--set", setting]
    for source, path in inputs:
        arguments += ["--input", f"{source}={path}"]
    result = subprocess.run(arguments, capture_output=True, text=True, timeout=300)
    assert result.returncode == expect, f"{result.returncode}: {result.stderr[-1500:]}"
    return result.stderr


def lines(folder, name):
    return [json.loads(line) for line in (folder / name).read_text().split("\n") if line]


def ledger(folder):
    (source,) = json.loads((folder / "ledger.json").read_text())["sources"]
    return source


def same_for_all_shards(pipeline, inputs, folder):
    """Byte-identical files whatever the number of shards; answers the folder of one of them."""
    first = None
    for shards in ALL_SHARDS:
        out = folder / f"shards-{shards}"
        replay(pipeline, inputs, out, shards)
        files = {path.name: path.read_bytes() for path in sorted(out.glob("*.jsonl"))}
        assert files, "no output"
        first = first or files
        assert files == first, f"shards={shards} gives other bytes"
    return folder / "shards-1"


def reddit(folder):
    pipeline, posts = ROOT / "pipelines/reddit.yaml", DATA / "reddit/posts.jsonl"
    out = same_for_all_shards(pipeline, [("posts", posts)], folder)
    with open(DATA / "reddit/expected_daily.csv", newline="", encoding="utf-8") as file:
        expected = {(row["brand"], row["day_utc"]): int(row["posts"]) for row in csv.DictReader(file)}

    def daily(where):
        return {(r["brand"], r["window_start"][:10]): r["count_total"] for r in lines(where, "aggregates.jsonl")
                if r["window"] == "day"}

    assert len(expected) == 8077 and daily(out) == expected
    replay(pipeline, [("posts", posts), ("posts", posts)], folder / "twice", 3)
    twice = ledger(folder / "twice")
    assert daily(folder / "twice") == expected
    assert twice["outcomes"] == {"counted": 15823, "duplicate": 15823, "late": 0, "dead_letter": 0, "ignored": 0}, twice
    print("8,077 daily counts equal; twice the file: 15,823 duplicates and the same counts")


def tweets(folder):
    pipeline = ROOT / "pipelines/x.yaml"
    inputs = [("tweets", DATA / "social-json/twitter.json"), ("tweets", DATA / "social-json/twitterescaped.json")]
    out = same_for_all_shards(pipeline, inputs, folder)
    got = ledger(out)
    assert got["records"] == 2 and got["items"] == 200, got
    assert got["outcomes"]["counted"] == 100 and got["outcomes"]["duplicate"] == 100, got
    # A tweet that names two brands stands in two cells; without brands each stands in one.
    text = pipeline.read_text().split("\nbrands:")[0]
    tail = pipeline.read_text().split("\nbrands:")[1]
    rest = tail[tail.index("\n\n"):] if "\n\n" in tail else ""
    plain = folder / "x.yaml"
    plain.write_text(text + "\nbrands:\n  - {id: nobody, name: Nobody, aliases: [\"no such words at all\"]}\n" + rest)
    replay(plain, inputs, folder / "plain")
    days = [r for r in lines(folder / "plain", "aggregates.jsonl") if r["window"] == "day"]
    assert sum(r["count_total"] for r in days) == 100
    assert sum(r["count_by_relation"]["repost"] for r in days) == 73
    assert {r["brand"] for r in days} == {"_other"}
    print("100 distinct tweets in two files, 73 of them reposts")


def retail(folder):
    pipeline = ROOT / "pipelines/retail.yaml"
    out = same_for_all_shards(pipeline, [("lines", DATA / "orders/retail_lines.jsonl")], folder)
    sums = {}
    for record in lines(out, "kpis.jsonl"):
        if record["window"] == "day" and record["channel"] == "_all":
            sums[record["kpi"]] = sums.get(record["kpi"], Decimal(0)) + Decimal(record["value"])
            assert record["unit"] == "GBP"
    assert sums["booked_revenue"] == Decimal("1143524.31"), sums
    assert sums["refunds"] == Decimal("116968.01"), sums
    assert sums["booked_net_revenue"] == Decimal("1026556.30"), sums
    assert ledger(out)["outcomes"]["counted"] == 58345
    print("booked 1,143,524.31, refunds 116,968.01, net 1,026,556.30 GBP")
    retail_in_euros(pipeline, folder)


def retail_in_euros(pipeline, folder):
    """The same at 1.2: each day is converted and rounded once; lines of cancellations are refunds, by their number too."""
    source = [json.loads(line) for line in (DATA / "orders/retail_lines.jsonl").read_text().splitlines()]
    days = {}
    for line in source:
        day = days.setdefault(line["invoice_date"][:10], {"order": Decimal(0), "refund": Decimal(0), "refunds": 0})
        is_refund = line["invoice"].startswith("C")
        day["refund" if is_refund else "order"] += Decimal(str(line["quantity"])) * Decimal(str(line["unit_price"]))
        day["refunds"] += is_refund
    rates = folder / "rates.csv"
    rates.write_text("currency,date,rate\n" + "".join(f"GBP,{day},1.2\n" for day in sorted(days)))
    replay(pipeline, [("lines", DATA / "orders/retail_lines.jsonl")], folder / "euros",
           settings=("business.currency=EUR", f"business.rates={rates}"))
    told = {(record["kpi"], record["window_start"][:10]): record for record in lines(folder / "euros", "kpis.jsonl")
            if record["window"] == "day" and record["channel"] == "_all"}
    cent = Decimal("0.01")
    for day, sums in days.items():
        wanted = {"booked_revenue": sums["order"], "refunds": -sums["refund"]}
        for kpi, amount in wanted.items():
            assert Decimal(told[kpi, day]["value"]) == (amount * Decimal("1.2")).quantize(cent, ROUND_HALF_EVEN), (kpi, day)
        assert told["refunds", day]["n"] == sums["refunds"], (day, told["refunds", day])
    assert all(record["unit"] == "EUR" and "unconverted" not in record for record in told.values())
    net = sum(Decimal(record["value"]) for (kpi, _), record in told.items() if kpi == "booked_net_revenue")
    assert net == Decimal("1231867.55"), net
    assert sum(record["n"] for (kpi, _), record in told.items() if kpi == "refunds") == 1029
    print("at 1.2: net 1,231,867.55 EUR, 1,029 lines of refunds")


MINIMAL = """version: 1
name: suite
log: {kind: local}
sources:
  raw: {topic: raw}
brands: open
"""


def one_record(folder, number, content):
    own = folder / str(number)
    own.mkdir()
    (own / "record.json").write_bytes(content)
    replay(folder / "suite.yaml", [("raw", own / "record.json")], own / "out", 1)
    return ledger(own / "out"), lines(own / "out", "dead_letters.jsonl")


def each_record(folder, contents):
    """Ledger and dead letters of each record alone. A run waits more than it works, so that some run at a time."""
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        return list(threads.map(lambda each: one_record(folder, *each), enumerate(contents)))


def json_suite(folder):
    (folder / "suite.yaml").write_text(MINIMAL)
    counts = {"y": 0, "n": 0, "i": 0}
    paths = sorted((DATA / "parser-suites/JSONTestSuite/test_parsing").glob("*.json"))
    for path, (got, letters) in zip(paths, each_record(folder, [path.read_bytes() for path in paths])):
        kind = path.name[0]
        classes = [letter["error_class"] for letter in letters]
        counts[kind] += 1
        if kind == "n":
            assert classes == ["parse"], f"{path.name}: {classes}"
        elif kind == "y":
            assert got["outcomes"]["counted"] == 1 or set(classes) == {"schema"}, f"{path.name}: {got['outcomes']}, {classes}"
    assert counts == {"y": 95, "n": 188, "i": 35}, counts
    print("every n_ file a parse dead letter, every y_ file an item or a schema dead letter")


ITEM = ('{"schema_version":"1.0","event_id":"e1","source":"s","type":"mention","brand_id":%s,"channel":"x","native_id":"n1",'
        '"occurred_at":"2026-03-02T10:00:00Z","visibility":"public","text":%s}')


def strings(folder):
    """Naughty strings as brand names and texts come out byte for byte; bad UTF-8 is refused."""
    (folder / "suite.yaml").write_text(MINIMAL)
    texts = json.loads((DATA / "parser-suites/naughty-strings/blns.json").read_text())
    assert len(texts) == 515
    rows, expected = [], {}
    for number, text in enumerate(texts):
        rows.append((ITEM % (json.dumps(text), json.dumps(text))).replace('"e1"', f'"e{number}"').replace('"n1"', f'"n{number}"'))
        brand = text if text else "_other"
        if len(brand.encode()) <= 64:
            expected[brand] = expected.get(brand, 0) + 1
    path = folder / "naughty.jsonl"
    path.write_text("\n".join(rows) + "\n")
    replay(folder / "suite.yaml", [("raw", path)], folder / "naughty", 2)
    got = {r["brand"]: r["count_total"] for r in lines(folder / "naughty", "aggregates.jsonl") if r["window"] == "day"}
    missing = {brand: count for brand, count in expected.items() if got.get(brand, 0) < count}
    assert not missing, list(missing.items())[:5]
    verdicts, contents = [], []
    for line in (DATA / "parser-suites/utf8/utf8tests.bin").read_bytes().split(b"\n"):
        parts = line.split(b":", 2)
        if len(parts) != 3 or parts[1] not in (b"valid", b"invalid"):
            continue
        contents.append((ITEM % ('"b"', '"%s"')).encode() % parts[2].split(b":")[0] if parts[1] == b"invalid" else (
            ITEM % ('"b"', json.dumps(parts[2].decode()))).encode())
        verdicts.append(parts[1])
    for verdict, content, (outcome, letters) in zip(verdicts, contents, each_record(folder, contents)):
        if verdict == b"valid":
            assert outcome["outcomes"]["counted"] == 1, content
        else:
            assert outcome["outcomes"]["dead_letter"] == 1 and letters[0]["error_class"] == "parse", content
    valid, invalid = verdicts.count(b"valid"), verdicts.count(b"invalid")
    assert (valid, invalid) == (77, 145), (valid, invalid)
    print("515 naughty strings and 222 UTF-8 lines as their verdict says")


CASES = {"reddit": reddit, "tweets": tweets, "retail": retail, "json_suite": json_suite, "strings": strings}


def main():
    if not DATA.is_dir():
        print(f"SKIPPED: the sample data is not there ({DATA})")
        return 77
    with tempfile.TemporaryDirectory() as name:
        CASES[sys.argv[2]](pathlib.Path(name))
    return 0


sys.exit(main())
