"""privacy.py KAIKU: a subject is forgotten, small cells are withheld, and what is restricted stays inside.

The figures were worked out by hand. Each pipeline is replayed with 1, 2 and 7 shards and in another order of arrival:
all files have to be the same bytes.
"""

import json
import pathlib
import sys
import tempfile

from replays import call, check, check_schemas, each_replay, fail, lines

ERASES = """version: 1
name: forgets
log: {kind: local}
sources:
  people: {topic: people}
  shop: {topic: shop, brand: kirkas}
brands:
  - {id: kirkas, name: Kirkas, aliases: ["kirkas"]}
channels:
  - {id: forum}
  - {id: email}
  - {id: web}
  - {id: other, match: ["*"]}
windows: {day: {size: 1d}}
conversations: {follow: true, targets: [{name: bugs, type: bug_report, within: 1h}]}
journeys: {follow: true, look_back: 10d}
privacy: {erase_subjects: true}
"""

BANK = """version: 1
name: bank
log: {kind: local}
sources:
  people: {topic: people}
  shop: {topic: shop, brand: kirkas}
brands:
  - {id: kirkas, name: Kirkas, aliases: ["kirkas"]}
channels:
  - {id: x}
  - {id: chat, private: true}
  - {id: email, private: true}
  - {id: web}
windows: {day: {size: 1d}}
conversations: {follow: true, targets: [{name: bugs, within: 1h}]}
privacy: {min_cell: 10}
"""

RESTRICTED = """version: 1
name: guards
log: {kind: local}
sources:
  people: {topic: people}
  shop: {topic: shop, brand: kirkas}
brands:
  - {id: kirkas, name: Kirkas, aliases: ["kirkas"]}
channels:
  - {id: forum}
  - {id: chat, private: true, restricted: true}
  - {id: other, match: ["*"]}
windows: {day: {size: 1d}}
conversations: {follow: true, targets: [{name: bugs, within: 1h}]}
items: {publish: true}
"""


def said(number, time, channel, who, **more):
    record = {"event_id": f"p{number}", "native_id": f"p{number}", "type": "mention",
              "occurred_at": f"2026-03-{time}:00Z", "brand_id": "kirkas", "channel": channel,
              "author": {"id": who, "role": more.pop("role", "customer")}}
    return "people", record | more


def asked(number, time, channel, thread, who, **more):
    return said(number, time, channel, who, **{"type": "bug_report", "conversation_id": thread,
                                               "url": f"https://forum.example/{thread}"} | more)


def bought(name, time, customer, amount):
    return "shop", {"event_id": name, "type": "business_event", "kind": "order", "business_id": name,
                    "occurred_at": f"2026-03-{time}:00Z", "channel": "web", "customer_key": customer,
                    "amount": amount, "currency": "EUR"}


def erase(name, time, **subject):
    return "people", {"event_id": name, "type": "control", "kind": "erase_subject", "channel": "forum",
                      "native_id": name, "occurred_at": f"2026-03-{time}:00Z"} | subject


ANN = {"author": {"id": "ann"}, "customer_key": "c-ann"}
OF_ANN = [
    # Ann asks, is answered too late, and buys; Bob asks too, and waits for ever.
    asked(1, "02T10:00", "forum", "t1", "ann", customer_key="c-ann"),
    asked(2, "02T10:05", "forum", "t2", "bob"),
    asked(3, "02T11:30", "forum", "t1", "care", role="brand"),
    bought("o1", "02T12:00", "c-ann", "100.00"),
    # She spoke in Bob's thread before he opened it.
    erase("please-1", "02T13:00", **ANN),
    # Whoever comes back is somebody new: a peer in t1, the asker of t3, a new customer.
    asked(4, "02T14:00", "forum", "t1", "ann", customer_key="c-ann"),
    asked(5, "02T14:30", "forum", "t3", "ann", customer_key="c-ann"),
    bought("o2", "02T15:00", "c-ann", "200.00"),
    # Delivered again: the question, the order and the request.
    asked(1, "02T10:00", "forum", "t1", "ann", customer_key="c-ann"),
    bought("o1", "02T12:00", "c-ann", "100.00"),
    erase("please-1", "02T13:00", **ANN),
    # Nobody knows him; and a request has to say whom.
    erase("please-2", "02T16:00", author={"id": "stranger"}),
    erase("please-3", "02T17:00"),
]


SCHEMAS = {"aggregates": "activity", "kpis": "kpi", "outcomes": "conversation_outcome", "alerts": "alert",
           "erasures": "erasure_receipt"}


def replay_all(kaiku, folder, pipeline, records):
    (folder / "pipeline.yaml").write_text(pipeline)
    wanted = None
    for shards, got in each_replay(kaiku, folder / "pipeline.yaml", records):
        wanted = wanted or got
        check("outputs", sorted(got), sorted(wanted))
        for name, text in got.items():
            # Where a record stood is what a dead letter says.
            if name not in ("dead_letters", "ledger") and text != wanted[name]:
                fail(f"{name} differs with {shards} shards or in another order")
    return wanted


def kpis_of(files):
    return {(kpi["kpi"], kpi["channel"]): kpi for kpi in lines(files["kpis"])
            if kpi["window_start"].startswith("2026-03-02")}


def check_receipts(files):
    receipts = {receipt["request_id"]: receipt for receipt in lines(files["erasures"])}
    check("receipts", sorted(receipts), ["please-1", "please-2"])
    first = receipts["please-1"]
    check("when", [first["requested_at"], first["erased_before"]], ["2026-03-02T13:00:00.000000Z"] * 2)
    check("complete", first["completed_at"], "2026-03-02T13:10:00.000000Z")
    check("kept", [store["store"] for store in first["stores"] if store["outcome"] == "kept"], ["dedup", "figures", "logs"])
    # At her key: the touch and the contact of t1, and o1, which asked what touched it. The breach of t1 is withdrawn.
    check("what", first["purged"], {"conversations": 1, "participations": 0, "touches": 3, "questions": 1, "orders": 1,
                                    "attributions": 1, "records_withdrawn": 1})
    check("of a stranger", set(receipts["please-2"]["purged"].values()), {0})
    codes = [json.dumps(letter) for letter in lines(files["dead_letters"])]
    check("a request without a subject", [len(codes), "no_subject" in codes[0]], [1, True])


def check_forgotten(files):
    kpis = kpis_of(files)
    # Figures stay: both orders, all three breaches, and what touched what.
    check("booked", kpis["booked_revenue", "_all"]["value"], "300.00")
    check("orders", kpis["booked_revenue", "_all"]["n"], 2)
    check("breaches", [kpis["sla_attainment", "forum"][key] for key in ("numerator", "denominator")], [0, 3])
    check("attributed", kpis["attributed_revenue_last_touch", "forum"]["value"], "300.00")
    # Each was her first order as far as anybody knew.
    check("new customers", [kpis["new_customer_share", "_all"][key] for key in ("numerator", "denominator")], [2, 2])
    counted = {(cell["channel"], cell["type"]): cell for cell in lines(files["aggregates"])}
    check("reports", [counted["forum", "bug_report"][key] for key in ("count_total", "unique_authors")], [5, 3])
    check("delivered again", counted["forum", "bug_report"]["suppressed"]["redelivery"], 1)
    urls = sorted(alert["url"] for alert in lines(files["alerts"]) if alert["kind"] == "sla_breach")
    check("links of alerts", urls, ["https://forum.example/t2", "https://forum.example/t3"])
    check("outcomes", sorted(outcome["opened_at"][11:16] for outcome in lines(files["outcomes"])), ["10:05", "14:30"])


def of_the_bank():
    """40 people on X, 12 by mail, 3 in the chat; orders of 30 people on the web and of 4 by mail."""
    records = []
    for channel, people in (("x", 40), ("email", 12), ("chat", 3)):
        for person in range(people):
            number = f"{channel}-{person}"
            records.append(asked(number, f"02T10:{person:02d}", channel, number, f"{channel} {person}"))
    # The brand's own people hide nobody.
    for agent in range(20):
        records.append(asked(f"agent-{agent}", f"02T12:{agent:02d}", "chat", "chat-0", f"agent {agent}", role="brand"))
    for channel, people in (("web", 30), ("email", 4)):
        for person in range(people):
            kind, record = bought(f"{channel}-{person}", f"02T11:{person:02d}", f"{channel} {person}", "10.00")
            records.append((kind, record | {"channel": channel}))
    records.append(("people", '{"event_id": "secret-1", "type": "mention", "text": "secret words"}'))
    return records


def shown(record, field):
    return "withheld" if "suppressed_below" in record else record[field]


def check_bank(files):
    cells = {(cell["channel"], cell["type"]): cell for cell in lines(files["aggregates"])
             if cell["window_start"].startswith("2026-03-02")}
    # Chat is small, mail goes with it; orders by mail are few, those of the web go with them.
    check("cells", {key: shown(cell, "count_total") for key, cell in cells.items()},
          {("chat", "bug_report"): "withheld", ("email", "bug_report"): "withheld", ("x", "bug_report"): 40,
           ("email", "business_event"): "withheld", ("web", "business_event"): "withheld"})
    check("people", cells["x", "bug_report"]["unique_authors"], 40)
    kpis = kpis_of(files)
    check("booked", {channel: shown(kpi, "value") for (name, channel), kpi in kpis.items() if name == "booked_revenue"},
          {"email": "withheld", "web": "withheld", "_all": "340.00"})
    breaches = {channel: shown(kpi, "denominator") for (name, channel), kpi in kpis.items() if name == "sla_attainment"}
    check("breaches", breaches, {"chat": "withheld", "email": "withheld", "x": 40, "_all": 55})
    for name in ("outcomes", "alerts"):
        check(name, files[name], "")
    for name, text in files.items():
        if name != "dead_letters" and ("secret" in text or "chat-0" in text or "forum.example" in text):
            fail(f"{name} tells of one person")
    check_attack(cells, kpis)
    letters = files["dead_letters"]
    if "secret words" in letters or len(lines(letters)) != 1:
        fail("a dead letter holds the bytes of a restricted record")


def check_attack(cells, kpis):
    """Whatever total is told: what is left of it without the parts that are told is of two parts, one of them a crowd."""
    truth = {"bug_report": {"x": 40, "email": 12, "chat": 3 + 20}, "orders": {"web": 30, "email": 4}}
    people = {"chat": 3, "email": 12, "web": 30}
    for name in sorted({name for name, _ in kpis}):
        family = {channel: kpi for (each, channel), kpi in kpis.items() if each == name}
        total = family.pop("_all", None)
        told = [channel for channel, kpi in family.items() if "suppressed_below" not in kpi]
        for channel in told:
            if name != "ad_spend" and channel in ("chat", "email", "web"):
                fail(f"{name} of {channel} is told")
        if total is None or "suppressed_below" in total:
            continue
        hidden = [channel for channel in family if channel not in told]
        if hidden and (len(hidden) < 2 or max(people[channel] for channel in hidden) < 10):
            fail(f"{name} of {hidden} can be computed from its total")
    share = kpis["bug_report_channel_share", "x"]
    left = share["denominator"] - cells["x", "bug_report"]["count_inbound_original"]
    # By mail and in the chat; what the brand's own people say there is no report.
    check("left of the reports", left, 12 + 3)


def check_guarded(files):
    channels = {outcome["channel_first"] for outcome in lines(files["outcomes"])}
    check("outcomes leave for", channels, {"forum"})
    check("alerts leave for", {alert["channel"] for alert in lines(files["alerts"])}, {"forum"})
    check("items leave for", {item["channel"] for item in lines(files["items"])}, {"forum"})
    counted = {(cell["channel"], cell["type"]): cell["count_total"] for cell in lines(files["aggregates"])}
    check("figures stay", counted, {("forum", "bug_report"): 1, ("chat", "bug_report"): 2})
    for name, text in files.items():
        if "secret words" in text:
            fail(f"{name} holds the bytes of a restricted record")


GUARDED = [
    asked(1, "02T10:00", "forum", "t1", "ann"),
    asked(2, "02T10:00", "chat", "c1", "bob"),
    asked(3, "02T10:05", "chat", "c1", "bob"),
    ("people", '{"event_id": "secret-1", "type": "mention", "text": "secret words"}'),
]


def check_inventory(kaiku, folder, pipeline, expected):
    (folder / "pipeline.yaml").write_text(pipeline)
    told = json.loads(call(kaiku, "explain", folder / "pipeline.yaml", "--data", "--output", "json"))
    rows = {row["place"]: row for row in told["data"]}
    for place, (field, value) in expected.items():
        if place not in rows or value not in str(rows[place][field]):
            fail(f"the inventory of {place}: {rows.get(place)}, expected {field} {value}")
    if "| place |" not in call(kaiku, "explain", folder / "pipeline.yaml", "--data"):
        fail("the inventory is no table")


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        forgotten = replay_all(kaiku, folder, ERASES, OF_ANN)
        check_receipts(forgotten)
        check_forgotten(forgotten)
        check_schemas(forgotten, SCHEMAS)
        bank = replay_all(kaiku, folder, BANK, of_the_bank())
        check_bank(bank)
        check_schemas(bank, SCHEMAS)
        guarded = replay_all(kaiku, folder, RESTRICTED, GUARDED)
        check_guarded(guarded)
        check_inventory(kaiku, folder, BANK, {"people": ("retention_seconds", "0"),
                                              "kaiku.bank.kpi.v1": ("withheld", "fewer than 10"),
                                              "kaiku.bank.outcomes.v1": ("withheld", "all channels")})
        check_inventory(kaiku, folder, ERASES, {"kaiku.forgets.erasures.v1": ("holds", "forgotten"),
                                                "people": ("retention_seconds", "3600"),
                                                "state keys": ("retention_seconds", str(29 * 86400))})
    print("a subject forgotten, small cells withheld, restricted channels: 27 runs, the same bytes; nothing to compute")


if __name__ == "__main__":
    main()
