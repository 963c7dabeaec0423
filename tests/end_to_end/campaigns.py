"""campaigns.py KAIKU: business events of every kind, a campaign, topics, feedback and a declared change, by hand.

The records are written here, in three orders, and replayed with 1, 2 and 7 shards: aggregates and key figures have to be
the same bytes, those that were worked out by hand, and as their schemas say. Without the sections that ask for them
nothing is said of any of it. Then a running engine gets a rate that was missing: one revision, and none after a restart.
"""

import json
import pathlib
import sys
import tempfile

from engine import Engine, until
from replays import check, check_schemas, each_replay, fail, lines, replay

PIPELINE = """version: 1
name: launch
log: {kind: local}
sources:
  all: {topic: all}
brands:
  - {id: kirkas, name: Kirkas, aliases: ["kirkas"]}
  - {id: rival, name: Rival, aliases: ["rival"]}
channels:
  - {id: x}
  - {id: instagram}
  - {id: facebook}
  - {id: linkedin}
  - {id: youtube}
  - {id: blog}
  - {id: forum}
  - {id: email}
  - {id: web}
  - {id: other, match: ["*"]}
windows: {day: {size: 1d}}
"""
BUSINESS = """business: {currency: EUR, figures: [cancellations, leads, opportunities, subscriptions, visits, promotions]}
"""
ASIDES = """campaigns:
  - id: fiesta
    brand: kirkas
    ids: [fiesta-10, FIESTA]
    from: 2026-03-02
    to: 2026-03-08
    steps:
      - {name: views, of: views}
      - {name: requests, of: leads}
      - {name: cars, of: orders}
topics:
  - {id: water, aliases: ["clean water"]}
feedback: {products: [bottle], aspects: [price, taste]}
content: {reuse: true}
comparisons:
  - {id: chat, brand: kirkas, of: support_contacts, channel: email, changed_at: 2026-03-05, before: 2d, after: 2d}
"""
NUMBERS = iter(range(100_000))


def said(time, channel, text="", brand="kirkas", **more):
    number = next(NUMBERS)
    return {"event_id": f"p{number}", "native_id": f"p{number}", "type": "mention", "occurred_at": f"2026-03-{time}:00Z",
            "brand_id": brand, "channel": channel, "author": {"id": f"a{number}", "role": "customer"}, "text": text} | more


def posted(channel, text, **more):
    return said("02T09:00", channel, text, author={"id": "kirkas", "role": "brand"}, **more)


def did(kind, name, time, amount=None, currency="EUR", **more):
    record = {"event_id": f"{kind} {name} {more.get('native_version', '')}", "type": "business_event", "kind": kind,
              "business_id": name, "occurred_at": f"2026-03-{time}:00Z", "brand_id": "kirkas", "channel": "web"}
    return record | ({"amount": amount, "currency": currency} if amount else {}) | more


RECORDS = [
    # A refund before its order; the order is sent again with another total; a test order.
    did("refund", "r1", "03T10:00", "30.00", relates_to="o1"),
    did("order", "o1", "02T10:00", "100.00", native_version="1"),
    did("order", "o1", "02T10:00", "120.00", native_version="2"),
    did("order", "test", "02T10:00", "999.00", test=True),
    # An order that is cancelled the day after, and a cancellation of one that nobody knows.
    did("order", "o2", "02T11:00", "50.00"),
    did("cancellation", "c2", "03T11:00", relates_to="o2"),
    did("cancellation", "c9", "03T11:00", relates_to="o9"),
    # Two leads, one of them told twice; three visits, a promotion.
    did("lead", "l1", "02T12:00"),
    did("lead", "l1", "02T12:00") | {"event_id": "lead l1 again"},
    did("lead", "l2", "02T12:00"),
    *[did("visit", f"v{i}", "02T12:00") for i in range(3)],
    did("promotion", "p1", "02T00:00", "500.00", period_start="2026-03-02T00:00:00Z", period_end="2026-03-09T00:00:00Z"),
    # Opportunities: one grew, one is in a currency without a rate. Two subscriptions begin, one ends.
    did("opportunity", "d1", "02T13:00", "10000.00", native_version="1"),
    did("opportunity", "d1", "02T13:00", "12000.00", native_version="2"),
    did("opportunity", "d2", "02T13:00", "5000.00", "USD"),
    did("subscription_start", "s1", "02T14:00", "20.00"),
    did("subscription_start", "s2", "02T14:00", "20.00"),
    did("subscription_end", "s1", "02T15:00", "20.00"),
    # The campaign: a thousandth of what it was. 6,500 views > 50 requests > 10 cars, 325.00 spent, which came later.
    posted("youtube", "The new bottle is here https://y.example/1 #kirkas", campaign_id="fiesta-10", metrics={"views": 6500}),
    *[did("lead", f"f{i}", f"0{3 + i % 5}T12:00", campaign_id="FIESTA") for i in range(50)],
    *[did("order", f"f{i}", f"0{3 + i % 5}T18:00", "100.00", touch={"campaign_id": "fiesta-10"}) for i in range(10)],
    did("ad_spend", "row 1", "04T00:00", "300.00", native_version="1", campaign_id="fiesta-10"),
    did("ad_spend", "row 1", "04T00:00", "325.00", native_version="2", campaign_id="fiesta-10"),
    # After its last day: in the figures of that day, not in those of the campaign.
    did("lead", "late", "09T12:00", campaign_id="FIESTA"),
    # One content in six channels (the post above is one of them), another one in five.
    *[posted(channel, f"The NEW bottle is here https://{channel}.example/1 @friends") for channel in
      ("x", "instagram", "facebook", "linkedin", "blog")],
    *[posted(channel, "How it is made") for channel in ("x", "instagram", "facebook", "linkedin", "blog")],
    # Seven of ten items that a filter judged are relevant; ten more were not judged.
    *[said("03T10:00", "x", relevance=verdict) for verdict in ["relevant"] * 7 + ["noise"] * 2 + ["off_topic"]],
    *[said("03T11:00", "x") for _ in range(10)],
    # Who leads on clean water: three of four.
    *[said("03T12:00", "forum", "They care for clean water", "kirkas") for _ in range(3)],
    said("03T12:00", "forum", "Clean water for all", "rival"),
    # What people say of the bottle, and of a cup that nobody asked about.
    *[said("04T10:00", "forum", product="bottle", aspect="price", sentiment={"label": "negative"}) for _ in range(3)],
    *[said("04T10:00", "forum", product="bottle", aspect="taste", sentiment={"label": "positive"}) for _ in range(2)],
    said("04T10:00", "forum", product="cup", aspect="lid") | {"type": "bug_report"},
    # Mails per two days before and after the chat opened on the 5th: 10 and 4.
    *[said(f"0{3 + i % 2}T08:00", "email") | {"type": "support_message"} for i in range(10)],
    *[said(f"0{5 + i % 2}T08:00", "email") | {"type": "support_message"} for i in range(4)],
]


def check_business(records, kpis):
    cells = {(line["channel"], line["window_start"][8:10]): line for line in records
             if line["type"] == "business_event" and line["brand"] == "kirkas"}
    monday = cells["web", "02"]
    check("booked on the 2nd", [monday[key] for key in ("orders", "refunds", "spends")], [1, 0, 0])
    check("stated on the 2nd", {key: n for key, n in monday["business"].items() if key != "amounts"},
          {"cancellations": 0, "leads": 2, "opportunities": 2, "subscription_starts": 2, "subscription_ends": 1,
           "visits": 3, "promotions": 1})
    check("amounts of the 2nd", [[each["of"], each["currency"], each["amount"]] for each in monday["business"]["amounts"]],
          [["opportunities", "EUR", "12000"], ["opportunities", "USD", "5000"], ["subscription_starts", "EUR", "40"],
           ["subscription_ends", "EUR", "20"], ["promotions", "EUR", "500"]])
    check("cancelled on the 3rd", cells["web", "03"]["business"]["cancellations"], 2)

    def of(name, day, *fields):
        return [kpis[name, "web", day, ""].get(field) for field in fields]

    check("revenue of the 2nd", of("booked_revenue", "02", "value", "n"), ["120.00", 1])
    check("refunds of the 3rd", of("refunds", "03", "value", "n"), ["30.00", 1])
    check("cancelled revenue", of("cancelled_revenue", "03", "value", "n"), ["50.00", 2])
    check("opportunities", of("opportunity_value", "02", "value", "n", "unconverted"),
          ["12000.00", 2, [{"currency": "USD", "amount": "5000", "rate_date": "2026-03-02"}]])
    check("subscriptions", of("subscription_net", "02", "value", "n", "started", "ended"), ["20.00", 3, 2, 1])


def check_campaign(kpis):
    def step(name, day="07", span="campaign"):
        return kpis["campaign_funnel", "_all", day, f"fiesta {name} {span}"]

    check("steps", [step(name)["numerator"] for name in ("views", "requests", "cars")], [6500, 50, 10])
    check("of the step before", [step(name)["value"] for name in ("views", "requests", "cars")], [1, 0.00769231, 0.2])
    check("of all who saw it", step("cars")["of_first"], 0.00153846)
    check("days, cars a day", [step("cars")["days"], step("cars")["per_day"]], [6, 1.66667])
    check("on one day", [step("cars", "04", "window")["numerator"], step("cars", "04", "window")["days"]], [2, 1])
    check("after it", step("requests", "09", "window")["numerator"], 1)
    cost = {name: kpis["campaign_cost_per_step", "_all", "07", f"fiesta {name} campaign"] for name in ("views", "requests", "cars")}
    check("cost per step", {name: each["value"] for name, each in cost.items()},
          {"views": "0.05", "requests": "6.5", "cars": "32.5"})
    check("spend", cost["cars"]["spend"], "325.00")


def check_rest(kpis):
    def of(kpi, channel, day, about, *fields):
        return [kpis[kpi, channel, day, about][field] for field in fields]

    check("content reuse", of("content_reuse", "_all", "02", "", "value", "numerator", "denominator", "channels"), [5.5, 11, 2, 6])
    check("relevance", of("relevance", "x", "03", "", "value", "noise", "off_topic", "n", "coverage"), [0.7, 2, 1, 10, 0.5])
    check("water", of("share_of_voice", "_all", "03", "water", "value", "numerator", "denominator"), [0.75, 3, 4])
    check("price", of("aspect_feedback", "_all", "04", "bottle price", "value", "negative", "positive"), [3, 3, 0])
    check("taste", of("aspect_feedback", "_all", "04", "bottle taste", "value", "negative", "positive"), [2, 0, 2])
    check("others", of("aspect_feedback", "_all", "04", "_other _other", "value", "bug_reports"), [1, 1])
    check("before and after", of("before_after_ratio", "email", "06", "chat", "value", "change", "numerator", "denominator"),
          [0.4, -0.6, 4, 10])


def by_key(records):
    about = ("campaign", "step", "span", "topic", "product", "aspect", "comparison")
    return {(kpi["kpi"], kpi["channel"], kpi["window_start"][8:10], " ".join(kpi[each] for each in about if each in kpi)): kpi
            for kpi in records if kpi["brand"] == "kirkas"}


# An older version is suppressed when it comes after a newer one, and replaced when it comes before.
def without_suppressed(texts):
    return [{field: value for field, value in line.items() if field != "suppressed"} for line in lines(texts["aggregates"])]


def replay_as(kaiku, folder, pipeline):
    (folder / "launch.yaml").write_text(pipeline)
    return replay(kaiku, folder / "launch.yaml", [("all", record) for record in RECORDS], 2)


def check_replays(kaiku, folder):
    (folder / "launch.yaml").write_text(PIPELINE + BUSINESS + ASIDES)
    wanted = None
    runs = 0
    for shards, got in each_replay(kaiku, folder / "launch.yaml", [("all", record) for record in RECORDS]):
        wanted = wanted or got
        same = got if shards == 1 else same
        check(f"aggregates with {shards} shards", got["aggregates"], same["aggregates"])
        check(f"aggregates with {shards} shards in another order", without_suppressed(got), without_suppressed(wanted))
        check(f"key figures with {shards} shards in another order", got["kpis"], wanted["kpis"])
        runs += 1
    kpis = by_key(lines(wanted["kpis"]))
    check_business(lines(wanted["aggregates"]), kpis)
    check_campaign(kpis)
    check_rest(kpis)
    check_schemas(wanted, {"kpis": "kpi", "aggregates": "activity"})
    ledger = json.loads(wanted["ledger"])
    check("test items", [ledger["sources"][0]["test_items"], ledger["balanced"]], [1, True])
    return wanted, runs


# What nobody asks for is not said, and the rest stays what it is.
def check_without(kaiku, folder, wanted):
    without = replay_as(kaiku, folder, PIPELINE + BUSINESS)
    check("aggregates without asides", without["aggregates"], wanted["aggregates"])
    kept = [line for line in wanted["kpis"].splitlines() if json.loads(line)["scope"] in ("brand", "brand x channel")]
    check("key figures without asides", without["kpis"].splitlines(),
          [line for line in kept if json.loads(line)["kpi"] != "content_reuse"])
    plain = replay_as(kaiku, folder, PIPELINE)
    if '"business":{' in plain["aggregates"] or "opportunity" in plain["kpis"]:
        fail("business figures are said that nobody asked for")


def check_rates(kaiku, folder):
    """A missing rate, and then it is there."""
    rates = folder / "rates.csv"
    rates.write_text("currency,date,rate\nGBP,2026-03-02,1.2\n")
    kept = PIPELINE.replace("{size: 1d}", "{size: 1d, retention: 60d}")
    (folder / "talk.yaml").write_text(kept + BUSINESS.replace("EUR,", f"EUR, rates: {rates}, rates_every: 1s,") + """
time: {idle_after: 1d, max_age: 3660d}
state: {commit_every: 50ms}
server: {listen: "127.0.0.1:0"}
""")

    def records(engine, day="02"):
        return [line for line in engine.records("kaiku.launch.kpi.v1") if line.get("window_start") == f"2026-03-{day}T00:00:00Z"]

    def of(engine, kpi, channel):
        return [(line["revision"], line["value"], "unconverted" in line) for line in records(engine)
                if line["kpi"] == kpi and line["channel"] == channel]

    with Engine(kaiku, folder) as engine:
        engine.post("/api/v1/ingest/all", [record for record in RECORDS if record["type"] == "business_event"] +
                    [said("20T12:00", "x")])
        until("the closed day", lambda: of(engine, "opportunity_value", "web"), lambda got: got)
        rates.write_text("currency,date,rate\nGBP,2026-03-02,1.2\nUSD,2026-03-01,0.9\n")
        got = until("the rate", lambda: of(engine, "opportunity_value", "web"), lambda got: len(got) > 1)
        check("before and after the rate", got, [(0, "12000.00", True), (1, "16500.00", False)])
        check("of all channels", of(engine, "opportunity_value", "_all"), [(0, "12000.00", True), (1, "16500.00", False)])
        # What was complete is not said again, nor is it when another rate comes.
        rates.write_text("currency,date,rate\nGBP,2026-03-02,1.2\nUSD,2026-03-01,0.9\nSEK,2026-03-01,0.09\n")
        said_by_now = len(records(engine))
    with Engine(kaiku, folder) as engine:
        engine.post("/api/v1/ingest/all", [did("order", "o3", "20T12:30", "10.00"), said("22T12:00", "x")])
        until("a day after the restart", lambda: records(engine, "20"), lambda got: got)
        check("revisions", sorted({line["kpi"] for line in records(engine) if line["revision"] > 0}), ["opportunity_value"])
        check("records after a restart", len(records(engine)), said_by_now)


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wanted, runs = check_replays(kaiku, folder)
        check_without(kaiku, folder, wanted)
        check_rates(kaiku, folder)
    print(f"{len(RECORDS)} records, {runs} runs in 3 orders and 1, 2 and 7 shards: the same figures, as counted by hand; "
          "a rate that came later made one revision")


if __name__ == "__main__":
    main()
