"""catalogues.py KAIKU: what has dates grows without a rebuild: prices while the engine runs, markets and targets with a restart.

A price of a later day is used from that day on and changes nothing before it; one of a day that is over is counted and
rewrites nothing; one that held already can neither change nor go, and the message says which."""

import pathlib
import re
import sys
import tempfile

from engine import Engine, until
from replays import check, expect, run

PIPELINE = """version: 1
name: dated
log: {kind: local}
sources:
  all: {topic: all}
brands: [{id: kirkas, aliases: [kirkas]}, {id: lahde, aliases: [lahde]}]
channels: [{id: web}]
windows: {day: {size: 1d, retention: 60d}}
business: {currency: EUR, prices: prices.csv, rates_every: 1s}
markets:
  - {id: drinks, brands: [kirkas]}
MORE
conversations:
  follow: true
  targets:
    - {name: usual, within: 4h}
time: {idle_after: 1d, max_age: 3660d}
state: {commit_every: 50ms}
server: {listen: "127.0.0.1:0"}
"""
HEADER = "price,brand,channel,valid_from,amount\n"
MARGIN = HEADER + "margin,*,*,2026-01-01,0.5\n"


def deal(kind, number, day, amount):
    return {"event_id": f"{kind}{number}", "type": "business_event", "kind": kind, "business_id": f"{kind}{number}",
            "brand_id": "kirkas", "channel": "web", "occurred_at": f"2026-{day}T10:00:00Z", "amount": amount, "currency": "EUR"}


def sell(engine, number, day):
    engine.post("/api/v1/ingest/all", [deal("order", number, day, "100.00"), deal("ad_spend", number, day, "10.00")])


def records(engine):
    return engine.records("kaiku.dated.kpi.v1")


def returns(engine, day):
    """Revision and value of the return of a day: (100.00 x margin - 10.00) / 10.00."""
    return [(line["revision"], line["value"]) for line in records(engine)
            if line.get("kpi") == "return_on_spend" and line["channel"] == "web" and line["window_start"].startswith(f"2026-{day}")]


def retroactive(engine):
    return int(float(re.search(r"^kaiku_retroactive_catalogue_total\S* (\S+)$", engine.get("/metrics"), re.M).group(1)))


def listed(engine):
    """Version and day of the price list that is shown; none before a worker was heard of."""
    found = re.search(r'^kaiku_price_list_info{version="(\w+)",valid_from="(\S+)"} 1$', engine.get("/metrics"), re.M)
    return found.groups() if found else None


def refused(kaiku, folder, *words):
    expect(78, words, run(kaiku, "run", "-c", folder / "talk.yaml", "--set", f"state.dir={folder}/state", "--until-idle"))


CHANGED = "price margin,*,* from 2026-01-01T00:00:00Z was 0.5 and is 0.55"


def check_prices(kaiku, folder, prices):
    """While the engine runs: answers the list at the end."""
    with Engine(kaiku, folder) as engine:
        sell(engine, 1, "03-02")
        sell(engine, 2, "03-04")
        until("the first day", lambda: returns(engine, "03-02"), lambda got: got == [(0, 4)])
        check("of a time that was counted", retroactive(engine), 0)
        first = until("the list of the start", lambda: listed(engine), lambda got: got is not None)
        # One row of a later day, one of a day that is over.
        grown = MARGIN + "margin,*,*,2026-04-01,0.6\ncpm,*,web,2026-03-01,7\n"
        prices.write_text(grown)
        until("the prices", lambda: retroactive(engine), lambda got: got == 1)
        until("the list that is shown", lambda: listed(engine), lambda got: got[0] != first[0] and got[1] == "2026-04-01")
        # What held already stays, and what was sold goes on to be valued by it.
        prices.write_text(grown.replace("0.5", "0.55"))
        until("the warning", engine.said, lambda said: "the prices before stay" in said and CHANGED in said)
        sell(engine, 3, "03-06")
        sell(engine, 4, "04-03")
        sell(engine, 5, "04-05")
        until("the later day", lambda: returns(engine, "04-03"), lambda got: got == [(0, 5)])
        check("a day of the price that was to change", returns(engine, "03-06"), [(0, 4)])
        check("the day before", returns(engine, "03-02"), [(0, 4)])
    prices.write_text(grown)
    with Engine(kaiku, folder) as engine:
        check("after a restart", retroactive(engine), 0)
    return grown


def check_market(kaiku, folder):
    with Engine(kaiku, folder) as engine:
        said = {"event_id": "m", "native_id": "m", "type": "mention", "channel": "web", "brand_id": "lahde",
                "occurred_at": "2026-05-02T10:00:00Z"}
        engine.post("/api/v1/ingest/all", [said])
        sell(engine, 6, "05-04")
        shares = until("the larger market", lambda: [
            (line["brand"], line["value"]) for line in records(engine)
            if line.get("kpi") == "share_of_voice" and line["window_start"].startswith("2026-05-02")], lambda got: got)
        check("the larger market", sorted(shares), [("kirkas", 0), ("lahde", 1)])
        check("nothing of it is late", retroactive(engine), 0)


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prices, pipeline = folder / "prices.csv", folder / "talk.yaml"
        prices.write_text(MARGIN)
        pipeline.write_text(PIPELINE.replace("MORE\n", ""))
        grown = check_prices(kaiku, folder, prices)
        kept = (PIPELINE.replace("MORE\n", '  - {id: drinks, brands: [kirkas, lahde], valid_from: 2026-05-01}\n')
                .replace("within: 4h}", "within: 4h}\n    - {name: faster, within: 1h, valid_from: 2026-05-01}"))
        pipeline.write_text(kept)
        check_market(kaiku, folder)
        pipeline.write_text(kept.replace("within: 4h", "within: 3h"))
        refused(kaiku, folder, "target *,*,*,* from the beginning was usual within 14400s and is usual within 10800s")
        pipeline.write_text(kept.replace("  - {id: drinks, brands: [kirkas]}\n", ""))
        refused(kaiku, folder, "market drinks from the beginning was kirkas and is gone")
        pipeline.write_text(kept)
        prices.write_text(grown.replace("0.5", "0.55"))
        refused(kaiku, folder, CHANGED, "later valid_from")
        prices.write_text(grown)
        with Engine(kaiku, folder) as engine:
            check("put back", returns(engine, "03-02"), [(0, 4)])
    print("catalogues: later entries are taken, what held stays")


if __name__ == "__main__":
    main()
