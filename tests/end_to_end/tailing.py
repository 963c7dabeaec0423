"""tailing.py KAIKU: `tail` says the same of a running engine and of the store it left: limits, cursors, what is no topic.

A source that was read is still there, and its envelopes give in `replay` what the engine counted."""

import json
import pathlib
import sys
import tempfile

from engine import Engine, until
from replays import check, expect, fail, run

PIPELINE = """version: 1
name: tails
shards: 2
log: {kind: local}
sources:
  posts: {topic: posts}
brands: open
time: {idle_after: 1d, max_age: 3650d}
state: {commit_every: 50ms}
server: {listen: "127.0.0.1:0"}
"""
POSTS = 2500


def post(number):
    return {"event_id": f"e{number}", "native_id": f"n{number}", "type": "mention", "channel": "x", "brand_id": "kirkas",
            "occurred_at": "2026-11-02T10:00:00Z", "text": "a post"}


class Tail:
    def __init__(self, kaiku, folder):
        self.kaiku, self.common = kaiku, ["-c", folder / "talk.yaml", "--set", f"state.dir={folder}/state"]

    def at(self, engine):
        """The engine took a free port, which the pipeline does not name."""
        self.common += ["--set", "server.listen=" + engine.url.removeprefix("http://")]

    def lines(self, topic, *more):
        result = run(self.kaiku, "tail", topic, *self.common, *more)
        expect(0, [], result)
        return result.stdout.splitlines()

    def refused(self, code, words, topic, *more):
        result = run(self.kaiku, "tail", topic, *self.common, *more)
        expect(code, words, result)
        check(f"tail {topic} {more}: results", result.stdout, "")
        if '"error"' in result.stderr:
            fail(f"tail {topic} {more}: says it as JSON: {result.stderr}")


def check_tail(tail):
    """Answers all envelopes of the source."""
    whole = tail.lines("posts", "--envelope")
    check("posts", len(whole), POSTS)
    check("posts by their ids", {json.loads(json.loads(line)["value"])["event_id"] for line in whole}, {f"e{i}" for i in range(POSTS)})
    for limit in (1, 7, 1000, 1001, POSTS):
        check(f"with --limit {limit}", tail.lines("posts", "--envelope", "--limit", limit), whole[:limit])
    check("from the end", tail.lines("posts", "--from", "end"), [])
    ends = [1 + max((json.loads(line)["offset"] for line in whole if json.loads(line)["partition"] == number)) for number in (0, 1)]
    check("from a cursor", len(tail.lines("posts", "--from", f"{ends[0] - 3}.{ends[1] - 4}")), 7)
    tail.refused(64, ["--from is begin, end or the cursor"], "posts", "--from", "yesterday")
    tail.refused(69, ["no topic 'postz'; it has:", "\n  posts", "kaiku.tails.kpi.v1"], "postz")
    return whole


def counted(lines):
    return {line["window"]: line["count_total"] for line in lines}


def check_replay(kaiku, folder, envelopes, wanted):
    (folder / "posts.envelope.jsonl").write_text("\n".join(envelopes) + "\n")
    result = run(kaiku, "replay", "-c", folder / "talk.yaml", "--input", f"posts={folder}/posts.envelope.jsonl", "--output", folder / "out")
    expect(0, [], result)
    rows = [json.loads(line) for line in (folder / "out" / "aggregates.jsonl").read_text().splitlines()]
    check("posts of the day", counted(rows)["day"], wanted)


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "talk.yaml").write_text(PIPELINE)
        tail = Tail(kaiku, folder)
        with Engine(kaiku, folder) as engine:
            tail.at(engine)
            check("lines taken", engine.post("/api/v1/ingest/posts", [post(i) for i in range(POSTS)])["durable"], POSTS)
            until("all posts are counted", lambda: json.loads(engine.get("/api/v1/snapshot"))["sources"][0]["outcomes"]["counted"],
                  lambda got: got == POSTS)
            whole = check_tail(tail)
        check("the source in the store", check_tail(tail), whole)
        check_replay(kaiku, folder, whole, POSTS)
    print(f"{POSTS} posts: the same lines from the engine and from its store, and the same figures from their replay")


if __name__ == "__main__":
    main()
