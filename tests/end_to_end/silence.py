"""silence.py KAIKU: a source that is watched from its first start on is not silent because nobody knows it yet.

Three sources that should speak once an hour: one does, one says that it lives, one says nothing. None of them is silent,
before and after a restart. What follows when the hour is over takes an hour: the tests of shards pass it."""

import datetime
import json
import pathlib
import sys
import tempfile

from engine import Engine, until
from replays import check

PIPELINE = """version: 1
name: quiet
log: {kind: local}
sources:
  posts: {topic: posts, expect_every: 1h}
  alive: {topic: alive, expect_every: 1h}
  never: {topic: never, expect_every: 1h}
brands: open
time: {idle_after: 1s, out_of_orderness: 1s, lateness: 5s}
signals: {follow: true}
state: {commit_every: 50ms}
server: {listen: "127.0.0.1:0"}
"""
SOURCES = ("posts", "alive", "never")
STATES = ("behind", "caught_up", "idle", "silent")


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def states(engine):
    """Source -> the states that are 1."""
    lines = set(engine.get("/metrics").splitlines())
    return {source: [state for state in STATES if f'kaiku_source_state{{source="{source}",state="{state}"}} 1' in lines]
            for source in SOURCES}


def check_quiet(engine):
    until("every source is caught up", lambda: states(engine),
          lambda found: all(one == ["caught_up"] for one in found.values()))
    answer = engine.business()
    check("open alerts", [answer["signals"]["open"], answer["signals"]["newest"]], [0, []])
    check("alerts told", engine.records("kaiku.quiet.alerts.v1"), [])
    voices = {source["name"]: source["voice"] for source in json.loads(engine.get("/api/v1/snapshot"))["sources"]}
    check("expected every", [voices[source]["expect_every_seconds"] for source in SOURCES], [3600] * 3)
    check("who said something", [voices[source]["last_item"] is not None for source in SOURCES], [True, False, False])


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "talk.yaml").write_text(PIPELINE)
        with Engine(kaiku, folder) as engine:
            engine.post("/api/v1/ingest/posts", [{"event_id": "first", "type": "mention", "occurred_at": now(), "brand_id": "kirkas",
                                                  "channel": "forum"}])
            engine.post("/api/v1/ingest/alive", [{"event_id": "beat", "type": "control", "kind": "heartbeat", "occurred_at": now(),
                                                  "channel": "forum"}])
            until("the item is known", lambda: json.loads(engine.get("/api/v1/snapshot"))["sources"],
                  lambda found: all(source["voice"] is not None for source in found) and
                  next(source for source in found if source["name"] == "posts")["voice"]["last_item"] is not None)
            check_quiet(engine)
        with Engine(kaiku, folder) as engine:
            check_quiet(engine)
    print("silence: three sources that should speak once an hour, just started and started again, and none is silent")


if __name__ == "__main__":
    main()
