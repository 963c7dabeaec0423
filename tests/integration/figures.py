#!/usr/bin/env python3
"""figures.py KAIKU CASE: one pipeline on a real Kafka gives the same figures as `replay` of its topics.

Cases: plain (3 shards, 2 workers), kills (the same under 20 times kill -9, at least 5 of them with a commit in
flight), month (the generator's month under the same kills, and every exact figure is the generator's), join (a second
process joins the group under load and leaves again), forgotten (the group and its offsets are deleted while nobody is
there, as after offsets.retention.minutes), grow (the sources' topics get more partitions), keyless (no record has a key:
Kafka's own producer spreads them over the partitions as it likes).

After each: the last record per key of every activity topic equals the replay's in its comparable body (of the month, of
key figures, outcomes and alerts, too), every key of an activity topic has one final record for a read_committed reader,
and the ledger that `verify` adds up from the changelog balances.
The broker is KAIKU_KAFKA_BROKERS. Without one: status 77 (skipped), or 1 with CI=true.
"""
import base64
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
KAIKU = sys.argv[1]
CASE = sys.argv[2]
BROKERS = os.environ.get("KAIKU_KAFKA_BROKERS")
SOURCES = {"posts": "posts", "support": "support", "orders": "orders"}
GENERATION = ("kind", "revision", "watermark")
EVENTS = int(os.environ.get("KAIKU_EVENTS", "40000"))
WORKLOAD = ["--preset", "month"] if CASE == "month" else ["--rate", "20"]
COMPARE_TRUTH = ROOT / "tests" / "truth" / "compare_truth.py"
KILLS = 20
IN_FLIGHT = 5


class Pipeline:
    """One pipeline with topics of its own: every run starts from nothing."""

    def __init__(self, folder):
        self.folder = folder
        self.name = f"t{os.getpid()}-{CASE}"
        self.file = folder / "pipeline.yaml"
        if CASE == "month":
            # The generator writes the truth, and the pipeline that it is true for.
            call_plain("generate", *WORKLOAD, "--seed", "3", "--partitions", "3", "--output", str(folder))
            text = self.file.read_text().replace("name: generated", f"name: {self.name}\nworkers: 2", 1)
            own = {source: f"topic: {source}}}" for source in SOURCES}
            text = text.replace("lateness: 600s", "lateness: 600s, idle_after: 10s", 1)
        else:
            text = (ROOT / "pipelines" / "demo.yaml").read_text().replace("name: demo", f"name: {self.name}", 1)
            own = {source: f"topic: demo.{source}.v1}}" for source in SOURCES}
            for name in ("demo_rates.csv", "demo_prices.csv"):
                shutil.copy(ROOT / "pipelines" / name, folder)
        for source, topic in own.items():
            assert topic in text, topic
            text = text.replace(topic, f"topic: {self.name}.{source}}}", 1)
        self.file.write_text(text)
        self.settings = ["--set", "log.kind=kafka", "--set", f"log.common.bootstrap.servers={BROKERS}",
                         "--set", f"log.consumer.group.id=kaiku.{self.name}",
                         # A member that left is missed after this: whoever runs to the end has to wait for it.
                         "--set", "log.consumer.session.timeout.ms=6000", "--set", "shards=3", "--set", "workers=2",
                         "--set", "state.commit_every=200ms"]

    def command(self, *arguments, port=None, state="state", instance="a"):
        options = [*self.settings, "--set", f"state.dir={self.folder / state}",
                   "--set", f"log.consumer.group.instance.id={self.name}-{instance}"]
        if port is not None:
            options += ["--set", f"server.listen=127.0.0.1:{port}"]
        return [KAIKU, *arguments, *options]

    def call(self, *arguments, **options):
        result = subprocess.run(self.command(*arguments, **options), capture_output=True, text=True, timeout=300)
        if result.returncode != 0:
            print(result.stdout[-2000:], result.stderr[-4000:])
            raise SystemExit(f"{arguments[0]} ended with {result.returncode}")
        return result.stdout


def call_plain(*arguments):
    result = subprocess.run([KAIKU, *arguments], capture_output=True, text=True, timeout=300)
    if result.returncode != 0:
        print(result.stderr[-4000:])
        raise SystemExit(f"{arguments} ended with {result.returncode}")
    return result.stdout


class Process:
    """A running engine whose commits are watched."""

    def __init__(self, command):
        self.lines = []
        self.submitted = threading.Event()
        self.process = subprocess.Popen([command[0], "--log.level", "debug", *command[1:]],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip())
            if "commit submitted" in line:
                self.submitted.set()

    def end(self, how):
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.reader.join()
        return code

    def open_commits(self):
        """Commits that were submitted and not applied when the process ended."""
        open_ = {}
        for line in self.lines:
            if "commit submitted:" in line:
                open_[line.split("submitted:")[1]] = line
            elif "commit applied:" in line:
                open_.pop(line.split("applied:")[1], None)
        return list(open_)


class Producer:
    def __init__(self, pipeline, events, seed):
        self.log = pipeline.folder / "producer.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([KAIKU, "generate", "-c", str(pipeline.file), "--events", str(events), "--seed", str(seed),
                                             *WORKLOAD, *pipeline.settings, "--set", f"state.dir={pipeline.folder / 'unused'}"],
                                            stdout=subprocess.DEVNULL, stderr=log)

    def finish(self):
        if (code := self.process.wait(timeout=300)) != 0:
            raise SystemExit(f"the producer ended with {code}: {self.log.read_text()[-3000:]}")


def value_of(record):
    return record["value"].encode() if "value" in record else base64.b64decode(record["value_base64"])


class KeylessProducer:
    """Kafka's console producer: what belongs to one item lies in any partition."""

    def __init__(self, pipeline, events, seed):
        folder = pipeline.folder / "workload"
        # The console producer stamps records with the time of day: what is far from it would be too old.
        start = time.strftime("%Y-%m-%dT%H:%M:00Z", time.gmtime(time.time() - 3600))
        call_plain("generate", "--events", str(events), "--seed", str(seed), *WORKLOAD, "--start", start,
                   "-c", str(pipeline.file), "--output", str(folder))
        self.processes = []
        for source, topic in SOURCES.items():
            records = [json.loads(line) for line in (folder / f"{source}.envelope.jsonl").read_text().splitlines()]
            lines = folder / f"{source}.jsonl"
            lines.write_bytes(b"".join(value_of(record) + b"\n" for record in records))
            with lines.open() as values:
                self.processes.append(subprocess.Popen([ROOT / "deploy" / "kafka", "console-producer", f"{pipeline.name}.{topic}",
                                                        "--batch-size", "4096"], stdin=values, stdout=subprocess.DEVNULL))

    def finish(self):
        codes = [process.wait(timeout=300) for process in self.processes]
        if any(codes):
            raise SystemExit(f"the producers ended with {codes}")


def is_keyless(pipeline):
    """No record of the sources has a key, and every partition has records."""
    for source in SOURCES:
        records = [json.loads(line) for line in (pipeline.folder / f"{source}.envelope.jsonl").read_text().splitlines()]
        partitions = {record["partition"] for record in records}
        keys = sum(record.get("key") is not None for record in records)
        print(f"{source}: {len(records)} records in {len(partitions)} partitions, {keys} with a key")
        if keys or len(partitions) != 3:
            return False
    return True


def run_to_the_end(pipeline, port, instance="a", state="state"):
    pipeline.call("run", "-c", str(pipeline.file), "--until-idle", port=port, state=state, instance=instance)


def kill_under_load(pipeline, port):
    chance = random.Random(int(os.environ.get("KAIKU_SEED", "7")))
    in_flight = 0
    for number in range(KILLS):
        process = Process(pipeline.command("run", "-c", str(pipeline.file), port=port))
        # Every other one dies the moment a commit was submitted, the rest at a random one.
        process.submitted.wait(timeout=60)
        if number % 2 == 1:
            time.sleep(chance.random() * 0.4)
        process.end(signal.SIGKILL)
        open_ = process.open_commits()
        in_flight += 1 if open_ else 0
        print(f"kill {number + 1}: {'in flight:' + ';'.join(open_) if open_ else 'between commits'}", flush=True)
    if in_flight < IN_FLIGHT:
        raise SystemExit(f"only {in_flight} of {KILLS} kills met a commit in flight, {IN_FLIGHT} are needed")
    print(f"{KILLS} kills, {in_flight} with a commit in flight")


def join_under_load(pipeline, port):
    first = Process(pipeline.command("run", "-c", str(pipeline.file), port=port))
    first.submitted.wait(timeout=60)
    second = Process(pipeline.command("run", "-c", str(pipeline.file), port=port + 1, state="state-b", instance="b"))
    second.submitted.wait(timeout=60)
    joined = any("commit submitted" in line for line in second.lines)
    code = second.end(signal.SIGTERM)
    if code != 0 or not joined:
        print("\n".join(second.lines[-20:]))
        raise SystemExit(f"the second process ended with {code}, had commits: {joined}")
    code = first.end(signal.SIGTERM)
    if code != 0:
        print("\n".join(first.lines[-20:]))
        raise SystemExit(f"the first process ended with {code}")
    print("a second process joined under load, committed, and left")


def forget_offsets(pipeline, port):
    """Stops in the middle, lets the group vanish with its offsets; the next run has to find its positions itself."""
    process = Process(pipeline.command("run", "-c", str(pipeline.file), "--set", "log.consumer.session.timeout.ms=6000", port=port))
    process.submitted.wait(timeout=60)
    time.sleep(2)
    code = process.end(signal.SIGTERM)
    if code != 0:
        print("\n".join(process.lines[-20:]))
        raise SystemExit(f"the process ended with {code}")
    group = f"kaiku.{pipeline.name}"
    for _ in range(30):
        # A static member does not leave: the group is empty when its session is over.
        time.sleep(1)
        result = subprocess.run([ROOT / "deploy" / "kafka", "groups", "--delete", "--group", group], capture_output=True, text=True)
        if "was successful" in result.stdout:
            print("the group was deleted with its offsets", flush=True)
            return
    raise SystemExit(f"the group could not be deleted: {result.stdout} {result.stderr}")


def grow_under_load(pipeline, port):
    """The running engine finds the new partitions by itself and reads them from their beginning."""
    process = Process(pipeline.command("run", "-c", str(pipeline.file), "--set", "log.consumer.topic.metadata.refresh.interval.ms=1000",
                                       port=port))
    process.submitted.wait(timeout=60)
    for topic in SOURCES.values():
        subprocess.run([ROOT / "deploy" / "kafka", "topics", "--alter", "--topic", f"{pipeline.name}.{topic}", "--partitions", "5"],
                       check=True, stdout=subprocess.DEVNULL)
    for _ in range(600):
        if sum("has grown from 3 to 5 partitions" in line for line in process.lines) >= len(SOURCES):
            break
        time.sleep(0.1)
    else:
        print("\n".join(process.lines[-20:]))
        raise SystemExit("the new partitions were not found")
    # The same workload, and more of it: other ones would use its order numbers for other orders.
    Producer(pipeline, 2 * EVENTS, seed=3).finish()
    code = process.end(signal.SIGTERM)
    if code != 0:
        print("\n".join(process.lines[-20:]))
        raise SystemExit(f"the process ended with {code}")
    print("the topics grew from 3 to 5 partitions under a running engine", flush=True)


def tail(pipeline, topic):
    out = pipeline.call("tail", topic, "-c", str(pipeline.file), "--envelope")
    return [json.loads(line) for line in out.splitlines()]


def is_withdrawn(body):
    """All figures corrected to nothing: the same as no record."""
    numbers = [body.get(f) for f in ("count_total", "edits", "deletions", "views", "impressions", "adjustments")]
    numbers += list(body["suppressed"].values()) + list(body.get("engagement_components", {}).values())
    return not any(numbers) and not any(body.get(f) for f in ("orders", "refunds", "spends"))


def comparable(record):
    return {field: value for field, value in record.items() if field not in GENERATION}


# Outputs beside the activity: topic, replay's file, the fields that name a record.
TOLD = [("kpi", "kpis", ("kpi", "brand", "channel", "window", "window_start")),
        ("outcomes", "outcomes", ("conversation_id", "opened_at")),
        ("alerts", "alerts", ("alert_id",))]


# Whether a signal that nothing followed is over is a matter of how far time has come: to replay the end is no quiet hour.
OF_TIME = ("state", "updated_at")


def last_of(records, key_fields):
    """Last records by their keys; without those that say nothing any more, and those that depend on when they were made."""
    last = {tuple(record[field] for field in key_fields): record for record in records if key_fields[0] in record}
    return {key: {field: value for field, value in record.items()
                  if field not in GENERATION + (OF_TIME if record.get("record_type") == "signal" else ())}
            for key, record in last.items() if record.get("n") != 0 and record.get("kind") != "sla_risk"}


def replay_of(pipeline, file):
    return [json.loads(line) for line in (pipeline.folder / "replay" / f"{file}.jsonl").read_text().splitlines()]


def last_day_of(pipeline):
    return max(record["window_start"] for record in replay_of(pipeline, "kpis") if record.get("window") == "day")


def compare_told(pipeline, last_day, topic, file, key_fields):
    """How many of the last records differ from replay's."""
    mine = last_of([json.loads(envelope["value"]) for envelope in tail(pipeline, f"kaiku.{pipeline.name}.{topic}.v1")], key_fields)
    other = last_of(replay_of(pipeline, file), key_fields)
    # Time stands still where the topics end: whether an idle partition moved it on before the process ended is a
    # matter of seconds. Replay knows of the end, and closes the last day: what is told of it may be missing here, not differ.
    other = {key: record for key, record in other.items() if record.get("window_start", "") < last_day or key in mine}
    different = sorted(key for key in set(mine) | set(other) if mine.get(key) != other.get(key))
    for key in different[:5]:
        print(topic, key, mine.get(key), other.get(key))
    print(f"{len(mine)} last records of {topic}: {len(different)} differ from replay")
    return len(different)


def is_true(pipeline, ledger):
    """What Kafka's topics hold in the end is what the generator knows."""
    folder = pipeline.folder / "from-kafka"
    folder.mkdir()
    (folder / "ledger.json").write_text(json.dumps(ledger))
    activity = {}
    for window in ("minute", "hour", "day"):
        for envelope in tail(pipeline, f"kaiku.{pipeline.name}.activity.{window}.v1"):
            activity[envelope["key"]] = envelope["value"]
    (folder / "aggregates.jsonl").write_text("".join(value + "\n" for value in activity.values()))
    for topic, file, names in TOLD:
        last = {envelope["key"]: envelope["value"] for envelope in tail(pipeline, f"kaiku.{pipeline.name}.{topic}.v1")}
        (folder / f"{file}.jsonl").write_text("".join(value + "\n" for value in last.values() if f'"{names[0]}":' in value))
    result = subprocess.run([sys.executable, str(COMPARE_TRUTH), str(pipeline.folder / "truth.json"), str(folder)],
                            capture_output=True, text=True, timeout=300)
    print(result.stdout.strip(), result.stderr.strip())
    return result.returncode == 0


def compare(pipeline):
    for source, topic in SOURCES.items():
        out = pipeline.call("tail", f"{pipeline.name}.{topic}", "-c", str(pipeline.file), "--envelope")
        (pipeline.folder / f"{source}.envelope.jsonl").write_text(out)
    inputs = []
    for source in SOURCES:
        inputs += ["--input", f"{source}={pipeline.folder / (source + '.envelope.jsonl')}"]
    call_plain("replay", "-c", str(pipeline.file), *inputs, "--output", str(pipeline.folder / "replay"), "--set", "shards=2")
    replayed = {}
    for line in (pipeline.folder / "replay" / "aggregates.jsonl").read_text().splitlines():
        record = json.loads(line)
        key = tuple(record[field] for field in ("window", "brand", "channel", "type", "window_start"))
        replayed[key] = comparable(record)
    published, finals, records = {}, {}, 0
    for window in ("minute", "hour", "day"):
        for envelope in tail(pipeline, f"kaiku.{pipeline.name}.activity.{window}.v1"):
            record = json.loads(envelope["value"])
            records += 1
            key = tuple(record[field] for field in ("window", "brand", "channel", "type", "window_start"))
            published[key] = comparable(record)
            finals[key] = finals.get(key, 0) + (record["kind"] == "final")
    published = {key: body for key, body in published.items() if not is_withdrawn(body)}
    replayed = {key: body for key, body in replayed.items() if not is_withdrawn(body)}
    different = [key for key in set(replayed) | set(published) if replayed.get(key) != published.get(key)]
    for key in sorted(different)[:5]:
        mine, other = published.get(key) or {}, replayed.get(key) or {}
        print(key, {field: (mine.get(field), other.get(field)) for field in {**mine, **other} if mine.get(field) != other.get(field)})
    twice = [key for key, count in finals.items() if count > 1]
    print(f"{len(published)} keys in {records} records, {sum(finals.values())} finals; {len(different)} differ from "
          f"replay, {len(twice)} have two finals")
    # Elsewhere time stands still where the topics end, and replay, which knows of the end, tells what still waits there.
    told = 0
    if CASE == "month":
        last_day = last_day_of(pipeline)
        told = sum(compare_told(pipeline, last_day, *output) for output in TOLD)
    ledger = json.loads(pipeline.call("verify", "-c", str(pipeline.file)))
    print({s["source"]: s["records"] for s in ledger["sources"]}, "ledger:", "balanced" if ledger["balanced"] else "NOT BALANCED")
    if CASE == "month" and not is_true(pipeline, ledger):
        return False
    if len(published) < 100 or sum(finals.values()) < 100:
        print("too few records for a comparison to mean anything")
        return False
    return not different and not told and not twice and ledger["balanced"]


def main():
    if not BROKERS:
        print("SKIPPED: KAIKU_KAFKA_BROKERS names no broker; deploy/kafka starts one")
        return 1 if os.environ.get("CI") == "true" else 77
    port = 20000 + 2 * (os.getpid() % 10000)  # and the next one: cases run beside each other
    with tempfile.TemporaryDirectory() as name:
        pipeline = Pipeline(pathlib.Path(name))
        call_plain("topics", "apply", str(pipeline.file), *pipeline.settings, "--source-partitions", "3")
        producer = (KeylessProducer if CASE == "keyless" else Producer)(pipeline, EVENTS, seed=3)
        if CASE in ("kills", "month"):
            kill_under_load(pipeline, port)
        elif CASE == "join":
            join_under_load(pipeline, port)
        elif CASE == "forgotten":
            forget_offsets(pipeline, port)
        elif CASE == "grow":
            grow_under_load(pipeline, port)
        producer.finish()
        run_to_the_end(pipeline, port)
        good = compare(pipeline) and (CASE != "keyless" or is_keyless(pipeline))
    print("same figures" if good else "DIFFERENT FIGURES")
    return 0 if good else 1


sys.exit(main())
