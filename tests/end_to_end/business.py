"""business.py KAIKU: what a running engine tells business people: API, gauges and records say the same.

The conversations of conversations.py go in through HTTP; the figures asked for afterwards were worked out by hand. A
restart on the same state forgets no open alert."""

import pathlib
import sys
import tempfile

import conversations
from engine import Engine, until
from replays import check, fail

# Event time moves by data only: nothing here depends on the hour of the test.
PIPELINE = conversations.PIPELINE.replace("conversations:", "time: {idle_after: 1d, max_age: 3660d}\nconversations:") + """
state: {commit_every: 50ms}
server: {listen: "127.0.0.1:0"}
"""
# Two hours after the last answer: the day before is closed then.
LAST = {"event_id": "last", "type": "mention", "occurred_at": "2026-11-03T12:30:00Z", "brand_id": "kirkas",
        "channel": "forum", "native_id": "last"}

def closed_day(answer):
    return next((period for period in answer["periods"] if period["kind"] == "closed"), None)


def row_of(period, channel):
    return next(row for row in period["rows"] if row["brand"] == "kirkas" and row["channel"] == channel)


def check_period(period):
    check("the last closed day", period["window_start"], "2026-11-02T00:00:00Z")
    forum = row_of(period, "forum")["conversations"]
    check("opened on the forum", forum["opened"], 2)
    check("in time on the forum", [forum["in_time"][key] for key in ("numerator", "denominator", "value")], [1, 2, 0.5])
    check("who was first on the forum", forum["first_by"], {"brand": 0, "peer": 1, "bot": 0})
    check("privately on the forum", forum["first_response_private"], None)
    if not 2700 * 0.99 < forum["first_response_public"]["median_seconds"] < 2700 * 1.01:
        fail(f"the first answer took {forum['first_response_public']}, expected about 2700 s")
    check("opened in all", [row_of(period, None)["conversations"]["opened"], period["total"]["opened"]], [3, 3])
    check("resolved", row_of(period, None)["conversations"]["resolved"], 1)


# The API and the records of the topic come from one board.
def check_records(engine, period):
    kpis = {(line["kpi"], line["channel"]): line for line in engine.records("kaiku.talk.kpi.v1")
            if line.get("window") == "day" and line.get("window_start") == period["window_start"] and "kpi" in line}
    for channel, name in (("forum", "forum"), (None, "_all")):
        talks = row_of(period, channel)["conversations"]
        check(f"attainment of {name}", [talks["in_time"]["numerator"], talks["in_time"]["denominator"]],
              [kpis["sla_attainment", name][key] for key in ("numerator", "denominator")])
        check(f"first answer of {name}", talks["first_response_public"]["median_seconds"],
              kpis["first_response_public", name]["value"])


def check_gauges(engine):
    scrape = engine.get("/metrics")
    for line in ('kaiku_conversations_unanswered{brand="kirkas",channel="forum",type="bug_report"} 1',
                 'kaiku_conversations_unanswered{brand="kirkas",channel="email",type="support_message"} 0',
                 'kaiku_alerts_open{brand="kirkas",channel="forum",kind="sla_breach"} 1',
                 'kaiku_sla_attainment_ratio{brand="kirkas",channel="forum",window="day"} 0.5',
                 'kaiku_window_conversations_answered{brand="kirkas",channel="forum",window="day",by="peer"} 1',
                 'kaiku_window_end_timestamp_seconds{window="day"} 1793664000'):
        if f"\n{line}\n" not in scrape:
            fail(f"the scrape lacks {line}")


def check_alert(answer):
    check("open alerts", [answer["alerts"]["open"], answer["alerts"]["by_kind"]], [1, {"sla_breach": 1}])
    alert = answer["alerts"]["newest"][0]
    check("the alert", [alert[key] for key in ("brand", "channel", "opened_at", "url", "sla_policy", "sla_target_seconds")],
          ["kirkas", "forum", "2026-11-02T13:00:00.000000Z", "https://forum.example/t2", "bugs", 3600])
    place = answer["waiting"]["places"][0]
    check("who waits", [answer["waiting"]["count"], place["channel"], place["past_deadline"]], [1, "forum", 1])
    # From 12:00 on the 2nd to the watermark, 30 s below 12:30 on the 3rd.
    check("how long", place["oldest_seconds"], 88_170)


def is_settled(answer):
    places = answer["waiting"]["places"]
    return closed_day(answer) is not None and len(places) == 1 and places[0]["oldest_seconds"] == 88_170


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "talk.yaml").write_text(PIPELINE)
        with Engine(kaiku, folder) as engine:
            check("lines taken", engine.post("/api/v1/ingest/forum", conversations.RECORDS + [LAST])["durable"],
                  len(conversations.RECORDS) + 1)
            answer = until("the closed day", engine.business, is_settled)
            check_period(closed_day(answer))
            check_alert(answer)
            check_records(engine, closed_day(answer))
            check_gauges(engine)
        with Engine(kaiku, folder) as engine:
            answer = until("the closed day after a restart", engine.business, is_settled)
            check_period(closed_day(answer))
            check_alert(answer)
    print("business: API, gauges and records say the same, before and after a restart")


if __name__ == "__main__":
    main()
