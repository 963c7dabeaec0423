"""activity.py KAIKU: what a running engine counts as it goes, against figures worked out by hand, before and after a restart.

The conversations of conversations.py, mails below a baseline and what a scrape says of them: every bucket. After a restart the
counters begin at 0: what was counted is not counted again, whatever comes twice, what is decided afterwards is counted once.
With small cells there are no such counters, and none of a channel that is restricted."""

import pathlib
import re
import sys
import tempfile

import business
import conversations
from engine import Engine, until
from replays import check

PRICES = "price,brand,channel,valid_from,amount\nmails_per_day,kirkas,email,2026-01-01,10\n"
PIPELINE = business.PIPELINE + "business: {currency: EUR, prices: prices.csv}\n"
BOUNDS = ("60", "240", "360", "1200", "1320", "3600", "7200", "14400", "28800", "86400", "259200", "+Inf")
COUNTERS = ("kaiku_conversation_first_response_seconds", "kaiku_conversation_sla_total", "kaiku_conversations_answered_total",
            "kaiku_conversations_deflected_total", "kaiku_conversation_resolution_seconds", "kaiku_events_total",
            "kaiku_interruptions_avoided_seconds_total", "kaiku_campaign_step_total")


def cumulative(below, bound):
    """Of one conversation that waited: 0 in the buckets before `bound`."""
    return dict(zip(BOUNDS, [below] * BOUNDS.index(bound) + [below + 1] * (len(BOUNDS) - BOUNDS.index(bound))))


def histogram(name, labels, buckets, seconds):
    lines = {f'{name}_bucket{{{labels},le="{bound}"}}': count for bound, count in buckets.items()}
    return lines | {f"{name}_sum{{{labels}}}": seconds, f"{name}_count{{{labels}}}": buckets["+Inf"]}


def place(channel):
    return f'brand="kirkas",channel="{channel}"'


# t1: a peer after 20 minutes, the brand after 45 (2,700 s), in time, fixed after an hour. t2: nobody. t3: a machine, and the
# brand after 90 minutes (5,400 s): too late. m1: by mail after 18 hours (64,800 s), which are two of work; solved with it.
FIRST = "kaiku_conversation_first_response_seconds"
RESOLVED = "kaiku_conversation_resolution_seconds"
EXPECTED = {
    **histogram(FIRST, place("forum") + ',visibility="public"',
                cumulative(0, "3600") | {bound: 2 for bound in BOUNDS[BOUNDS.index("7200"):]}, 8100),
    **histogram(FIRST, place("email") + ',visibility="private"', cumulative(0, "86400"), 64800),
    **histogram(RESOLVED, place("forum"), cumulative(0, "3600"), 3600),
    **histogram(RESOLVED, place("email"), cumulative(0, "86400"), 64800),
    f'kaiku_conversation_sla_total{{{place("forum")},type="bug_report",result="met"}}': 1,
    f'kaiku_conversation_sla_total{{{place("forum")},type="bug_report",result="breached"}}': 2,
    f'kaiku_conversation_sla_total{{{place("email")},type="support_message",result="met"}}': 1,
    f'kaiku_conversation_sla_total{{{place("email")},type="support_message",result="breached"}}': 0,
    **{f'kaiku_conversations_answered_total{{{place(channel)},by="{by}"}}': count
       for channel, by, count in (("forum", "brand", 1), ("forum", "peer", 1), ("forum", "bot", 1),
                                  ("email", "brand", 1), ("email", "peer", 0), ("email", "bot", 0))},
    f'kaiku_conversations_deflected_total{{{place("forum")}}}': 0,
    f'kaiku_conversations_deflected_total{{{place("email")}}}': 0,
    f'kaiku_events_total{{{place("forum")},type="bug_report",relation="reply"}}': 9,
    f'kaiku_events_total{{{place("forum")},type="mention",relation="original"}}': 1,
    f'kaiku_events_total{{{place("email")},type="support_message",relation="reply"}}': 2,
    # The second of November closed with one mail of ten: nine interruptions of 64 s.
    f'kaiku_interruptions_avoided_seconds_total{{{place("email")}}}': 576,
}
# t2 gets its answer after 25 hours (90,000 s); days later the third of November is closed too: its one
# mail is the desk's own, so ten are avoided; and t2 is not.
AFTER = [
    conversations.item(20, "03T13:00", "forum", "t2", "brand"),
    business.LAST | {"event_id": "later", "native_id": "later", "occurred_at": "2026-11-04T02:00:00Z"},
]
EXPECTED_AFTER = {
    **histogram(FIRST, place("forum") + ',visibility="public"', cumulative(0, "259200"), 90000),
    f'kaiku_conversations_answered_total{{{place("forum")},by="brand"}}': 1,
    f'kaiku_conversations_answered_total{{{place("forum")},by="peer"}}': 0,
    f'kaiku_conversations_answered_total{{{place("forum")},by="bot"}}': 0,
    f'kaiku_conversations_deflected_total{{{place("forum")}}}': 0,
    f'kaiku_events_total{{{place("forum")},type="bug_report",relation="reply"}}': 1,
    f'kaiku_events_total{{{place("forum")},type="mention",relation="original"}}': 1,
    f'kaiku_interruptions_avoided_seconds_total{{{place("email")}}}': 640,
}


def counters_of(engine):
    """Series -> value, of what is counted as it goes."""
    found = {}
    for line in engine.get("/metrics").splitlines():
        series = re.fullmatch(r"((kaiku_[a-z_]+)\{.*\}) (\S+)", line)
        if series and re.sub("_(bucket|sum|count)$", "", series[2]) in COUNTERS:
            found[series[1]] = float(series[3])
    return found


def runs(kaiku, folder, pipeline, steps):
    """Each step is lines to give to an engine and what its counters have to come to; between steps it is started anew."""
    (folder / "talk.yaml").write_text(pipeline)
    (folder / "prices.csv").write_text(PRICES)
    for lines, expected in steps:
        with Engine(kaiku, folder) as engine:
            check("lines taken", engine.post("/api/v1/ingest/forum", lines)["durable"], len(lines))
            until("the counters", lambda: counters_of(engine), lambda found: found == expected)


def shows_nothing(kaiku, folder, pipeline, channels):
    """The day closes, and no counter speaks of these channels."""
    (folder / "talk.yaml").write_text(pipeline)
    with Engine(kaiku, folder) as engine:
        engine.post("/api/v1/ingest/forum", conversations.RECORDS + [business.LAST])
        until("the closed day", lambda: engine.get("/metrics"),
              lambda scrape: re.search(r'kaiku_results_total\{window="day",kind="final"\} [1-9]', scrape))
        return [series for series in counters_of(engine) if any(f'channel="{channel}"' in series for channel in channels)]


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        first = conversations.RECORDS + [business.LAST]
        (folder / "all").mkdir()
        # All of it again after the restart: the same items, of which nothing is new.
        runs(kaiku, folder / "all", PIPELINE, [(first, EXPECTED), (first + AFTER, EXPECTED_AFTER)])
        (folder / "restricted").mkdir()
        restricted = business.PIPELINE.replace("{id: email}", "{id: email, restricted: true}")
        shown = shows_nothing(kaiku, folder / "restricted", restricted, ("email",))
        check("of a restricted channel", [series for series in shown if "kaiku_events_total" not in series], [])
        (folder / "small").mkdir()
        small = business.PIPELINE + "windows: {day: {size: 1d}}\nprivacy: {min_cell: 2}\n"
        check("with small cells", shows_nothing(kaiku, folder / "small", small, ("forum", "email")), [])
    print(f"activity: {len(EXPECTED)} series by hand, {len(EXPECTED_AFTER)} after a restart, and none of what records hide")


if __name__ == "__main__":
    main()
