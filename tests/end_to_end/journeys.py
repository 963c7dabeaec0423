"""journeys.py KAIKU: touches, coupons, orders and refunds from records to attribution, by hand.

The records are written here, in three orders, and replayed with 1, 2 and 7 shards: key figures and outcomes have to be
the same bytes, and those that were worked out by hand. The same pipeline without `journeys` says nothing of them.
"""

import json
import pathlib
import sys
import tempfile

from replays import check, fail, lines, replay, same_replays

PIPELINE = """version: 1
name: ways
log: {kind: local}
sources:
  people: {topic: people}
  shop: {topic: shop, brand: kirkas}
brands:
  - {id: kirkas, name: Kirkas, aliases: ["kirkas"]}
channels:
  - {id: x, match: [x, twitter]}
  - {id: forum}
  - {id: instagram}
  - {id: email}
  - {id: web}
  - {id: other, match: ["*"]}
windows: {day: {size: 1d}}
conversations: {follow: true}
journeys: {follow: true, look_back: 10d, half_life: 7d}
"""


def said(number, time, channel, customer=None, **more):
    record = {"event_id": f"p{number}", "native_id": f"p{number}", "type": "mention",
              "occurred_at": f"2026-03-{time}:00Z", "brand_id": "kirkas", "channel": channel,
              "author": {"id": customer or f"somebody {number}", "role": "customer"}}
    if customer:
        record["customer_key"] = customer
    return "people", record | more


def sold(kind, name, time, customer=None, amount=None, **more):
    record = {"event_id": f"{kind} {name}", "type": "business_event", "kind": kind, "business_id": name,
              "occurred_at": f"2026-03-{time}:00Z", "channel": "web"}
    if customer:
        record["customer_key"] = customer
    if amount:
        record |= {"amount": amount, "currency": "EUR"}
    return "shop", record | more


def thread(number, time, channel, name, who, **more):
    return said(number, time, channel, more.pop("customer", None),
                **{"type": "bug_report" if channel == "forum" else "support_message", "conversation_id": name,
                   "author": {"id": who, "role": "customer"}} | more)


RECORDS = [
    # Ann hears of it on the forum, on X and on Instagram, and buys; she gives some of it back.
    said(1, "01T10:00", "forum", "ann"),
    said(2, "05T10:00", "x", "ann"),
    sold("visit", "v1", "08T10:00", "ann", touch={"channel": "instagram"}),
    sold("order", "o1", "08T12:00", "ann", "120.00"),
    sold("refund", "r1", "09T12:00", amount="30.00", relates_to="o1"),
    # Somebody on X shows a coupon; Bob uses it, spelled his way. Nobody knows of him before.
    said(3, "07T09:00", "twitter", touch={"coupon": "KIRKAS10"}),
    sold("order", "o2", "08T15:00", "bob", "60.00", touch={"coupon": "kirkas10"}),
    # Bob buys again within the look-back: it is his second order, and his own touch is on the forum.
    said(4, "08T16:00", "forum", "bob"),
    sold("order", "o3", "08T18:00", "bob", "40.00"),
    # A guest is nobody: what other guests said leads nowhere, the order is attributed to none.
    said(5, "08T08:00", "forum", "Guest"),
    sold("order", "o4", "08T19:00", "GUEST", "25.00"),
    # An order that was cancelled is none.
    sold("order", "o5", "08T20:00", "dan", "999.00"),
    sold("cancellation", "c5", "09T20:00", relates_to="o5"),
    # Cid talks on X and on the forum, and buys nothing in ten days.
    said(6, "02T10:00", "x", "cid"),
    said(7, "04T10:00", "forum", "cid"),
    # Two questions that peers answered for good. Eve never asks again; Fay writes a mail three days later.
    thread(8, "10T10:00", "forum", "t1", "eve", customer="eve"),
    thread(9, "10T10:20", "forum", "t1", "fan", accepted_answer=True),
    thread(10, "10T11:00", "forum", "t2", "fay", customer="fay"),
    thread(11, "10T11:20", "forum", "t2", "fan", accepted_answer=True),
    thread(12, "13T11:00", "email", "m1", "fay", customer="fay", visibility="private"),
]


def check_revenue(kpis):
    """On the 8th: o1 leaves 90.00, o2 60.00, o3 40.00, o4 25.00: together 215.00.

    o1 led forum, x, instagram; o2 x (the coupon); o3 x?, no: Bob's own touch on the forum, his coupon is not on it.
    """
    def by_channel(model):
        found = {channel: kpi for (name, channel, day), kpi in kpis.items()
                 if name == f"attributed_revenue_{model}" and day == "2026-03-08"}
        return {channel: kpi["value"] for channel, kpi in sorted(found.items())}, found

    last, records = by_channel("last_touch")
    check("last touch", last, {"_all": "215.00", "_none": "25.00", "forum": "40.00", "instagram": "90.00", "x": "60.00"})
    check("what it is a part of", {kpi["denominator"] for kpi in records.values()}, {"215.00"})
    check("orders", {kpi["n"] for kpi in records.values()}, {4})
    check("basis", {kpi["value_basis"] for kpi in records.values()}, {"booked"})
    check("first touch", by_channel("first_touch")[0],
          {"_all": "215.00", "_none": "25.00", "forum": "130.00", "x": "60.00"})
    shared = {"_all": "215.00", "_none": "25.00", "forum": "70.00", "instagram": "30.00", "x": "90.00"}
    check("linear", by_channel("linear")[0], shared)
    check("equal split", by_channel("equal_split")[0], shared)
    # Weights of o1 by age from the newest touch, half-life 7 days: 7 d 0.5, 3 d 2^(-3/7), 0 d 1.
    weights = [0.5, 2 ** (-3 / 7), 1.0]
    parts = [90 * weight / sum(weights) for weight in weights]
    decayed, _ = by_channel("time_decay")
    wanted = {"forum": 40 + parts[0], "x": 60 + parts[1], "instagram": parts[2], "_none": 25, "_all": 215}
    for channel, value in wanted.items():
        if abs(float(decayed[channel]) - value) > 0.006:
            fail(f"time decay gives {channel} {decayed[channel]}, expected {value:.2f}")
    markov, _ = by_channel("markov")
    if abs(sum(float(value) for value in markov.values()) - 190) > 0.001:
        fail(f"removal effects divide {markov}, expected 190.00 together")


def check_customers(kpis):
    def parts(kpi, channel, day):
        found = kpis[kpi, channel, f"2026-03-{day}"]
        return [found["numerator"], found["denominator"]]

    check("orders with a touch", parts("attributed_order_share", "web", "08"), [3, 4])
    # Ann and Bob are new, Bob's second order is not; a guest is no customer.
    check("new customers", parts("new_customer_share", "web", "08"), [2, 3])
    # Cid's journey ended on the 14th, ten days after the last touch.
    check("unconverted", parts("unconverted_journey_share", "_all", "14"), [1, 1])
    check("unconverted through x", parts("unconverted_journey_share", "x", "14"), [1, 1])
    # On the 8th Ann (three channels) and Bob (the forum only) are active: one of two crosses channels.
    check("cross-channel", parts("cross_channel_customer_share", "_all", "08"), [1, 2])
    check("deflections", kpis["strict_deflections", "forum", "2026-03-17"]["value"], 1)


def check_outcomes(text):
    deflected = {line["opened_at"][11:16]: line["deflected"] for line in lines(text)
                 if line["channel_first"] == "forum"}
    check("deflected", deflected, {"10:00": True, "11:00": False})


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        pipeline = pathlib.Path(name) / "ways.yaml"
        pipeline.write_text(PIPELINE)
        wanted, runs = same_replays(kaiku, pipeline, RECORDS, ("kpis", "outcomes", "aggregates"))
        without = replay(kaiku, pipeline, RECORDS, 2, "--set", "journeys.follow=false")
    kpis = {(kpi["kpi"], kpi["channel"], kpi["window_start"][:10]): kpi for kpi in lines(wanted["kpis"])}
    check_revenue(kpis)
    check_customers(kpis)
    check_outcomes(wanted["outcomes"])
    check("aggregates without journeys", without["aggregates"], wanted["aggregates"])
    new = ("attributed", "new_customer", "unconverted", "cross_channel", "continued_elsewhere", "strict_deflections")
    check("key figures without journeys", without["kpis"].splitlines(),
          [line for line in wanted["kpis"].splitlines() if not json.loads(line)["kpi"].startswith(new)])
    print(f"4 orders, {runs} runs in 3 orders and 1, 2 and 7 shards: the same attribution, as counted by hand")


if __name__ == "__main__":
    main()
