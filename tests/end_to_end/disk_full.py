#!/usr/bin/env python3
"""disk_full.py KAIKU: the disk of the state directory fills up and is freed again under a running engine. It says so once,
is not ready meanwhile, refuses what it cannot keep, goes on by itself, and nothing it accepted is lost or counted twice.

Mounts a small tmpfs. Who may not: status 77 (skipped), or 1 with CI=true.
"""
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

KAIKU = sys.argv[1]
MIB = 1 << 20
DISK = 700 * MIB
PAUSED = 300 * MIB  # above the reserve of the stores, below where reading stops
REFUSED = 100 * MIB  # below the reserve: nothing is written any more
PIPELINE = """version: 1
name: full
log: {kind: local}
sources:
  posts: {topic: posts}
brands: open
time: {idle_after: 1s}
state: {commit_every: 100ms}
"""


class Engine:
    def __init__(self, folder, state):
        (folder / "pipeline.yaml").write_text(PIPELINE)
        self.command = ["-c", str(folder / "pipeline.yaml"), "--set", f"state.dir={state}"]
        self.log = folder / "stderr"
        self.process = subprocess.Popen([KAIKU, "run", *self.command, "--set", "server.listen=127.0.0.1:0"],
                                        stdout=subprocess.DEVNULL, stderr=self.log.open("w"))
        self.url = self.wait_for(lambda: re.search(r"at (http://[0-9.:]+)", self.said()), "an address").group(1)
        self.sent = 0

    def said(self):
        return self.log.read_text()

    def wait_for(self, condition, what, seconds=60):
        for _ in range(seconds * 10):
            result = condition()
            if result:
                return result
            assert self.process.poll() is None, f"ended with {self.process.returncode} before {what}: {self.said()[-2000:]}"
            time.sleep(0.1)
        raise AssertionError(f"no {what} within {seconds} s: {self.said()[-2000:]}")

    def ask(self, path, body=None):
        try:
            with urllib.request.urlopen(self.url + path, data=body, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def post(self, count):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = [json.dumps({"type": "mention", "event_id": f"e{self.sent + i}", "native_id": f"n{self.sent + i}", "channel": "x",
                             "brand_id": "kirkas", "occurred_at": now, "text": "a post"}) for i in range(count)]
        status, _ = self.ask("/api/v1/ingest/posts", "\n".join(lines).encode())
        self.sent += count if status == 200 else 0
        return status

    def read_records(self):
        _, text = self.ask("/metrics")
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                   if line.startswith("kaiku_source_records_total"))

    def is_ready(self):
        return self.ask("/readyz")[0] == 200


def leave_free(disk, free):
    info = os.statvfs(disk)
    with (disk / "filler").open("ab") as file:
        os.posix_fallocate(file.fileno(), file.tell(), info.f_bavail * info.f_frsize - free)


def check(folder, disk):
    engine = Engine(folder, disk / "state")
    try:
        check_engine(engine, disk)
    finally:
        engine.process.kill()


def check_engine(engine, disk):
    engine.wait_for(engine.is_ready, "readiness")
    assert engine.post(1000) == 200
    engine.wait_for(lambda: engine.read_records() >= 1000, "records read")
    leave_free(disk, PAUSED)
    engine.wait_for(lambda: not engine.is_ready(), "unreadiness")
    assert "nearly full" in engine.ask("/readyz")[1]
    assert engine.ask("/livez")[0] == 200
    # The log still has room for what comes in; nobody reads it.
    assert engine.post(500) == 200
    leave_free(disk, REFUSED)
    assert engine.post(10) == 503
    time.sleep(2)
    assert engine.read_records() == 1000, f"{engine.read_records()} were read on a full disk"
    (disk / "filler").unlink()
    engine.wait_for(engine.is_ready, "readiness again")
    assert engine.post(700) == 200
    engine.wait_for(lambda: engine.read_records() >= 2200, "the rest")
    engine.process.send_signal(signal.SIGTERM)
    code = engine.process.wait(timeout=60)
    assert code == 0, f"{code}: {engine.said()[-2000:]}"
    assert engine.said().count("nearly full") == 1 and engine.said().count("there is room on the disk again") == 1, engine.said()
    result = subprocess.run([KAIKU, "run", *engine.command, "--until-idle", "--set", "server.listen=127.0.0.1:0"], capture_output=True,
                            text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    records = subprocess.run([KAIKU, "tail", "kaiku.full.activity.day.v1", *engine.command], capture_output=True, text=True,
                             timeout=60).stdout.splitlines()
    last = {record["window_start"]: record["count_total"] for record in map(json.loads, records)}
    assert sum(last.values()) == 2200, f"{last}: {engine.sent} were accepted"
    print("1000 before, 500 while it was full, 700 after: 2200 counted, by one process")


def check_start(folder, disk):
    """An engine that cannot begin, and a replay that cannot end, say so and leave nothing half done."""
    for left in disk.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    leave_free(disk, REFUSED)
    pipeline = ["-c", str(folder / "pipeline.yaml")]
    started = subprocess.run([KAIKU, "run", *pipeline, "--until-idle", "--set", f"state.dir={disk / 'state'}", "--set",
                              "server.listen=127.0.0.1:0"], capture_output=True, text=True, timeout=120)
    assert started.returncode == 74 and str(disk) in started.stderr, f"{started.returncode}: {started.stderr}"
    posts = folder / "posts.jsonl"
    posts.write_text("".join(json.dumps({"type": "mention", "event_id": f"e{i}", "native_id": f"n{i}", "channel": "x",
                                         "brand_id": f"b{i}", "occurred_at": "2026-03-02T10:00:00Z"}) + "\n" for i in range(1000)))
    replay = [KAIKU, "replay", *pipeline, "--input", f"posts={posts}", "--output", str(disk / "out")]
    assert subprocess.run(replay, capture_output=True, timeout=120).returncode == 0
    for old in (disk / "out").iterdir():
        old.unlink()  # the next one removes them first, which makes room
    (disk / "out" / "late.jsonl").write_text("of the run before\n")
    leave_free(disk, 256 << 10)
    ended = subprocess.run(replay, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 74, f"{ended.returncode}: {ended.stderr}"
    assert "aggregates.jsonl: cannot be written: No space left on device; no result was kept" in ended.stderr, ended.stderr
    assert not list((disk / "out").iterdir()), list((disk / "out").iterdir())
    print("74 at the start of an engine and at the end of a replay, with nothing left behind")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        disk = folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "kaiku-test", str(disk)], capture_output=True).returncode != 0:
            print("SKIPPED: a tmpfs may not be mounted here")
            return 1 if os.environ.get("CI") == "true" else 77
        try:
            check(folder, disk)
            check_start(folder, disk)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=False)
    return 0


sys.exit(main())
