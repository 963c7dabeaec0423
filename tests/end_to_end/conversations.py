"""conversations.py KAIKU: threads and tickets from records to outcomes, alerts and key figures.

The records are written here, in three orders, and replayed with 1, 2 and 7 shards: outcomes, alerts and key figures
have to be the same bytes, those that were worked out by hand, and as their schemas say.
"""

import pathlib
import sys
import tempfile

import schemas
from replays import check, check_schemas, fail, lines, same_replays

PIPELINE = """version: 1
name: talk
log: {kind: local}
sources:
  forum: {topic: forum}
brands:
  - {id: kirkas, name: Kirkas, aliases: ["kirkas"]}
channels:
  - {id: forum}
  - {id: email}
  - {id: other, match: ["*"]}
conversations:
  follow: true
  business_hours: {timezone: Europe/Helsinki, open: ["mon-fri 09:00-17:00"], holidays: ["2026-12-06"]}
  targets:
    - {name: bugs, type: bug_report, within: 1h}
    - {name: mail, channel: email, within: 4h, business_hours: true}
"""


def item(number, time, channel, conversation, role, **more):
    record = {"event_id": str(number), "type": "bug_report" if channel == "forum" else "support_message",
              "occurred_at": f"2026-11-{time}:00Z", "brand_id": "kirkas", "channel": channel,
              "native_id": f"{conversation}/{number}", "conversation_id": conversation,
              "visibility": "public" if channel == "forum" else "private",
              "relation": "reply", "author": {"id": more.pop("who", role), "role": role}}
    return record | more


RECORDS = [
    # Answered by a peer after 20 minutes and by the brand after 45; the asker comes back and it is fixed.
    item(1, "02T10:00", "forum", "t1", "customer", who="ann", severity="major", url="https://forum.example/t1"),
    item(2, "02T10:20", "forum", "t1", "customer", who="bob"),
    item(3, "02T10:45", "forum", "t1", "brand"),
    item(4, "02T11:00", "forum", "t1", "customer", who="ann", status="fixed"),
    # Nobody answers: a breach after an hour, with a link.
    item(5, "02T12:00", "forum", "t2", "customer", who="cid", url="https://forum.example/t2"),
    # Asked on Monday at 16:00 in Helsinki, answered on Tuesday at 10:00 there: two hours of work.
    item(6, "02T14:00", "email", "m1", "customer", who="dan"),
    item(7, "03T08:00", "email", "m1", "brand", status="solved", csat=5),
    # A machine's reply is no answer, nor is a note among colleagues.
    item(8, "03T09:00", "forum", "t3", "customer", who="eve"),
    item(9, "03T09:01", "forum", "t3", "brand", auto_reply=True),
    item(10, "03T09:10", "forum", "t3", "brand", visibility="internal_note"),
    item(11, "03T10:30", "forum", "t3", "brand"),
]


def check_outcomes(text):
    by_opening = {outcome["opened_at"]: outcome for outcome in lines(text)}
    check("outcomes", len(by_opening), 4)
    first = by_opening["2026-11-02T10:00:00.000000Z"]
    check("t1", [first[key] for key in ("answered_by", "first_response_seconds", "time_to_resolution_seconds",
                                        "messages_total", "messages_peer", "sla_met", "close_reason", "severity")],
          ["peer", 2700, 3600, 4, 1, True, "status", "major"])
    alone = by_opening["2026-11-02T12:00:00.000000Z"]
    check("t2", [alone[key] for key in ("answered_by", "first_response_seconds", "sla_met", "close_reason")],
          ["none", None, False, "ttl"])
    mail = by_opening["2026-11-02T14:00:00.000000Z"]
    check("m1", [mail[key] for key in ("first_response_seconds", "first_response_business_seconds", "sla_met", "csat")],
          [64800, 7200, True, 5])
    machine = by_opening["2026-11-03T09:00:00.000000Z"]
    check("t3", [machine[key] for key in ("first_response_seconds", "sla_met", "close_reason")],
          [5400, False, "inactivity"])


def check_kpis(text):
    kpis = {(kpi["kpi"], kpi["channel"], kpi["window_start"][:10]): kpi
            for kpi in lines(text) if kpi["window"] == "day"}
    share = kpis["sla_attainment", "forum", "2026-11-02"]
    check("attainment", [share["numerator"], share["denominator"]], [1, 2])
    late = kpis["sla_attainment", "_all", "2026-11-03"]
    check("attainment of all", [late["numerator"], late["denominator"]], [1, 2])
    peers = kpis["peer_answer_share", "forum", "2026-11-02"]
    check("peers", [peers["numerator"], peers["denominator"]], [1, 1])
    response = kpis["first_response_public", "forum", "2026-11-02"]
    if not 2700 * 0.99 < response["value"] < 2700 * 1.01:
        fail(f"the first response is {response['value']}, expected about 2700 s")
    two_way = kpis["two_way_dialogue", "_all", "2026-11-02"]
    check("two-way", [two_way["numerator"], two_way["denominator"]], [1, 1])


def check_alerts(text):
    alerts = {alert["opened_at"]: alert for alert in lines(text) if alert["kind"] == "sla_breach"}
    check("breaches", sorted(alerts), ["2026-11-02T13:00:00.000000Z", "2026-11-03T10:00:00.000000Z"])
    check("link", alerts["2026-11-02T13:00:00.000000Z"]["url"], "https://forum.example/t2")


def deletion(number, time, of):
    return {key: of[key] for key in ("type", "channel", "native_id", "conversation_id", "visibility", "brand_id", "occurred_at")} | {
        "event_id": str(number), "op": "delete", "observed_at": f"2026-11-{time}:00Z"}


def check_deleted(kaiku, pipeline):
    """One question is deleted before its deadline, one after it; no record leads to either."""
    early = item(1, "02T10:00", "forum", "t1", "customer", who="ann", url="https://forum.example/gone")
    late = item(2, "02T12:00", "forum", "t2", "customer", who="bob", url="https://forum.example/gone")
    records = [early, deletion(3, "02T10:20", early), late, deletion(4, "02T14:00", late),
               item(5, "02T15:00", "forum", "t1", "brand")]
    wanted, _ = same_replays(kaiku, pipeline, [("forum", record) for record in records], ("outcomes", "alerts", "kpis"))
    check("links to what is gone", "forum.example" in "".join(wanted.values()), False)
    check("alerts of questions that are gone", wanted["alerts"], "")
    check("ends", sorted((one["opened_at"][11:16], one["close_reason"], one["opening_deleted"], one["sla_met"], one["answered_by"])
                         for one in lines(wanted["outcomes"])),
          [("10:00", "deleted", True, None, "none"), ("12:00", "deleted", True, False, "none")])
    share = next(kpi for kpi in lines(wanted["kpis"]) if (kpi["kpi"], kpi["channel"], kpi["window"]) == ("sla_attainment", "forum", "day"))
    check("verdicts", [share["numerator"], share["denominator"]], [0, 1])
    check_schemas(wanted, {"outcomes": "conversation_outcome"})


def check_parents(kaiku, pipeline):
    """Records that name what they answer and no conversation: the same thread in every order, as if they had named it."""
    def said(number, time, parent, role, who):
        record = item(number, time, "forum", "t", role, who=who)
        del record["conversation_id"]
        record["native_id"] = f"post{number}"
        return record | ({"in_reply_to": f"post{parent}"} if parent else {"relation": "original"})

    records = [said(1, "02T10:00", 0, "customer", "ann"), said(2, "02T10:05", 1, "customer", "bob"),
               said(3, "02T10:10", 2, "brand", "desk"), said(4, "02T10:20", 3, "customer", "ann"),
               # Nobody knows post 9; what follows from it keeps together.
               said(5, "02T11:00", 9, "customer", "cid"), said(6, "02T11:30", 5, "brand", "desk")]
    wanted, _ = same_replays(kaiku, pipeline, [("forum", record) for record in records], ("outcomes", "alerts", "kpis"))
    check("threads", sorted((one["opened_at"][11:16], one["first_peer_at"], one["first_response_seconds"], one["messages_total"], one["sla_met"])
                            for one in lines(wanted["outcomes"])),
          [("10:00", "2026-11-02T10:05:00.000000Z", 600, 4, True), ("11:00", None, 1800, 2, True)])
    check("alerts of answered questions", wanted["alerts"], "")


def storm():
    """A dozen questions of one morning that nobody answers in time, and one of the next day."""
    records = [item(number, f"02T10:{number * 4:02}", "forum", f"s{number}", "customer", who=f"asker{number}",
                    url=f"https://forum.example/s{number}") for number in range(12)]
    # Both are answered late, the one that was told and the one that was not; two more are deleted.
    records += [item(20 + number, f"02T13:0{number % 10}", "forum", f"s{number}", "brand") for number in (0, 11)]
    records += [deletion(30 + number, f"02T14:0{number % 10}", records[number]) for number in (1, 10)]
    return records + [item(40, "03T10:00", "forum", "s40", "customer", who="late")]


def check_storm(kaiku, pipeline):
    """Five of a day are told one by one, those whose deadlines passed first; the digest of the hour names the rest."""
    pipeline.write_text(PIPELINE + "signals: {alerts_per_day: 5}\n")
    wanted, _ = same_replays(kaiku, pipeline, [("forum", record) for record in storm()], ("alerts",))
    told = [alert for alert in lines(wanted["alerts"]) if alert.get("kind") == "sla_breach"]
    check("told", sorted((alert["opened_at"][8:16], alert["state"]) for alert in told),
          [(time, "resolved") for time in ("02T11:00", "02T11:08", "02T11:12", "02T11:16", "03T11:00")])
    # By its answer, and what nobody answered when nothing happened for a month.
    check("resolved", sorted(alert["updated_at"][:16] for alert in told)[:2], ["2026-11-02T13:00", "2026-12-02T10:08"])
    digest = next(alert for alert in lines(wanted["alerts"]) if alert["record_type"] == "signal_digest")
    check("digest", [digest["brand"], digest["hour"], len(digest["alerts"])], ["kirkas", "2026-11-02T11:00:00Z", 1])
    breaches = digest["alerts"][0]
    check("the rest", [breaches[key] for key in ("kind", "severity", "reason", "count", "places")],
          ["sla_breach", "critical", "budget", 7, [{"channel": "forum", "sla_policy": "bugs", "count": 7}]])
    check("named", [name["url"] for name in breaches["named"]], [f"https://forum.example/s{number}" for number in (5, 6, 7, 8, 9, 11)])
    for problem in schemas.problems(schemas.schema("signal_digest", 2), digest, "digest"):
        fail(problem)


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        pipeline = pathlib.Path(name) / "talk.yaml"
        pipeline.write_text(PIPELINE)
        wanted, runs = same_replays(kaiku, pipeline, [("forum", record) for record in RECORDS], ("outcomes", "alerts", "kpis"))
        check_deleted(kaiku, pipeline)
        check_parents(kaiku, pipeline)
        check_storm(kaiku, pipeline)
    check_outcomes(wanted["outcomes"])
    check_kpis(wanted["kpis"])
    check_alerts(wanted["alerts"])
    checked = check_schemas(wanted, {"outcomes": "conversation_outcome", "alerts": "alert", "kpis": "kpi"})
    print(f"4 conversations, {runs} runs in 3 orders and 1, 2 and 7 shards: the same {checked} records, as their schemas say")


if __name__ == "__main__":
    main()
