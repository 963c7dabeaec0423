#!/usr/bin/env python3
"""exit_codes.py KAIKU CASE: what goes wrong is said in one clear message with the documented exit code.

CASE: local, permissions or kafka."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

KAIKU = sys.argv[1]
PIPELINE = """version: 1
name: codes
log: {kind: local}
sources:
  posts: {topic: posts}
brands: open
"""


NOBODY = 65534


def expect(code, text, *arguments, user=None, program=KAIKU):
    result = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120, user=user)
    said = result.stderr + result.stdout
    assert result.returncode == code, f"{arguments}: {result.returncode} instead of {code}\n{said[-1500:]}"
    assert text in said, f"{arguments}: '{text}' is not in\n{said[-1500:]}"
    assert "terminate called" not in said and "Aborted" not in said, said
    print(f"{code:3} {' '.join(arguments)[:70]}")


def skip(why):
    """With CI=true nothing is left out."""
    print(f"SKIPPED: {why}")
    sys.exit(1 if os.environ.get("CI") == "true" else 77)


def permissions(folder, pipeline, posts):
    """What may not be read or written. Root may everything, so it asks as nobody, who may not come where the program is."""
    closed = folder / "closed"
    closed.mkdir()
    (closed / "posts.jsonl").write_text("{}\n")
    who = {}
    if os.geteuid() == 0:
        folder.chmod(0o755)
        who = {"user": NOBODY, "program": shutil.copy(KAIKU, folder)}
        try:
            expect(0, "kaiku", "version", **who)
        except OSError as error:
            skip(f"another user cannot run the program here: {error}")
    closed.chmod(0o000)
    replay = ["replay", "-c", str(pipeline), "--input"]
    expect(77, f"{closed}/posts.jsonl: cannot be opened", *replay, f"posts={closed}/posts.jsonl", "--output", str(folder / "o"), **who)
    expect(77, f"{closed}/out: cannot be made", *replay, f"posts={posts}", "--output", f"{closed}/out", **who)
    closed.chmod(0o555)
    expect(77, f"{closed}/aggregates.jsonl: cannot be written", *replay, f"posts={posts}", "--output", str(closed), **who)
    closed.chmod(0o755)


def kafka(folder, pipeline, _):
    """Topics that are not there, and those with another number of partitions than the pipeline has shards."""
    brokers = os.environ.get("KAIKU_KAFKA_BROKERS")
    if not brokers:
        skip("KAIKU_KAFKA_BROKERS names no broker; deploy/kafka starts one")
    source = f"codes-{os.getpid()}"
    own = folder / "kafka.yaml"
    own.write_text(pipeline.read_text().replace("name: codes", f"name: {source}").replace("topic: posts", f"topic: {source}"))
    more = ["--set", "log.kind=kafka", "--set", f"log.common.bootstrap.servers={brokers}"]
    run = ["run", "-c", str(own), "--until-idle", *more, "--set", f"state.dir={folder / 'k'}", "--set", "server.listen=127.0.0.1:0"]
    expect(69, f"missing topics: {source}", *run)
    expect(69, "missing", "topics", "plan", str(own), *more)
    expect(0, "created", "topics", "apply", str(own), *more, "--source-partitions", "1")
    expect(78, "has 1 partitions, the pipeline has shards: 2", *run, "--set", "shards=2")
    expect(69, "the plan needs 2", "topics", "plan", str(own), *more, "--set", "shards=2")
    expect(64, "read from its beginning", "tail", source, "-c", str(own), *more, "--from", "end")


def local(folder, good, posts):
    bad = folder / "bad.yaml"
    bad.write_text(PIPELINE.replace("brands: open", "brandz: open"))
    run = ["run", "-c", str(good), "--until-idle", "--set", f"state.dir={folder / 'state'}", "--set", "server.listen=127.0.0.1:0"]
    expect(0, "kaiku", "version")
    expect(0, "exit codes", "help")
    expect(0, "files through the same engine", "help")
    expect(0, "--framing", "help", "replay")
    expect(0, "--replication", "help", "topics", "apply")
    expect(64, "no command 'frobnicate'", "help", "frobnicate")
    expect(0, "kaiku", "version", "--log.format", "json", "--log.level", "warn")
    expect(64, "frobnicate", "frobnicate")
    expect(64, "posts", "replay", "-c", str(good), "--input", "nobody=x", "--output", str(folder / "o"))
    expect(66, "cannot be opened", "replay", "-c", str(good), "--input", f"posts={folder / 'missing'}", "--output",
           str(folder / "o"))
    expect(65, "not an envelope", "replay", "-c", str(good), "--input", f"posts={posts}", "--framing", "envelope",
           "--output", str(folder / "o"))
    expect(78, "brandz", "validate", str(bad))
    expect(78, "did you mean \"brands\"", "run", "-c", str(bad))
    expect(0, "valid", "validate", str(good))
    expect(0, "stopped cleanly", *run)
    expect(69, "127.0.0.1:1", "run", "-c", str(good), "--set", "log.kind=kafka", "--set",
           "log.common.bootstrap.servers=127.0.0.1:1", "--set", f"state.dir={folder / 'k'}")
    nowhere = folder / "nowhere"
    for command in (["verify"], ["tail", "posts"]):
        expect(66, f"no state of a pipeline in {nowhere}", *command, "-c", str(good), "--set", f"state.dir={nowhere}")
    assert not nowhere.exists(), "looking for a state made one"
    expect(0, '"balanced":true', "verify", "-c", str(good), "--set", f"state.dir={folder / 'state'}")
    blocked = folder / "file"
    blocked.write_text("")
    expect(73, "state directory", "run", "-c", str(good), "--set", f"state.dir={blocked}/state")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        expect(69, str(port), "run", "-c", str(good), "--set", f"state.dir={folder / 'p'}", "--set",
               f"server.listen=127.0.0.1:{port}")
    expect(78, "fixed when a topic is made", "run", "-c", str(good), "--until-idle", "--set", f"state.dir={folder / 'state'}", "--set",
           "server.listen=127.0.0.1:0", "--set", "shards=3")
    engine = subprocess.Popen([KAIKU, "run", "-c", str(good), "--set", f"state.dir={folder / 'state'}", "--set",
                               "server.listen=127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
    engine.stderr.readline()  # it serves
    expect(75, "another process works on this state directory", *run)
    engine.terminate()
    assert engine.wait(timeout=60) == 0


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        pipeline, posts = folder / "good.yaml", folder / "posts.jsonl"
        pipeline.write_text(PIPELINE)
        posts.write_text("{}\n")
        {"local": local, "permissions": permissions, "kafka": kafka}[sys.argv[2]](folder, pipeline, posts)


main()
