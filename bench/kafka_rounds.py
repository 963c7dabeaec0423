#!/usr/bin/env python3
"""Reads a topic with librdkafka alone and with a pipeline, in turn, and compares their CPU.

Every round runs, one after the other: the bare reader, the bare reader with the allocator of the program
(jemalloc), and `kaiku run --until-idle` with a name, a group and a state folder that nobody used before; first on
one partition that a direct source reads, then on four that are routed. A busy minute of the machine therefore
hits all of them. CPU is user + system time of the client process over its whole life, from wait4(2).
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import figures

JEMALLOC = "libjemalloc.so.2"
FLOOR_NS = 3_000
SETTINGS = [("direct", 1), ("routed", 4)]


def cpu_of(command, env, log):
    """Runs a program; CPU seconds, wall-clock seconds, standard output."""
    began = time.monotonic()
    with open(log, "wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=env)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {process.returncode}\n{pathlib.Path(log).read_text()[-2000:]}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, output.decode()


class Bench:
    def __init__(self, options):
        self.build = options.build.resolve()
        self.work = options.work.resolve()
        self.events = options.events
        self.brokers = os.environ["KAFKA_BROKERS"]
        self.run_id = f"{int(time.time()):x}"
        self.cpu = {}  # (routing, what) -> CPU ns per event
        self.wall = {}  # likewise, events a second
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def tool(self, *words, env=None):
        return subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE, env=env, text=True).stdout

    def topic(self, routing):
        return f"bench.{routing}.{self.run_id}"

    def fill(self, rate):
        for routing, partitions in SETTINGS:
            sent = int(self.tool(self.build / "kaiku_bench_kafka_fill", "topic", self.brokers, self.topic(routing),
                                 partitions, self.events, rate))
            if sent != self.events:
                sys.exit(f"{self.topic(routing)}: {sent} of {self.events} records were written")

    def note(self, routing, what, cpu, wall, events):
        self.cpu.setdefault((routing, what), []).append(cpu * 1e9 / events)
        self.wall.setdefault((routing, what), []).append(events / wall)
        print(f"  {routing:7} {what:15} {cpu * 1e9 / events:8,.0f} ns/event  {events / wall:10,.0f} events/s", file=sys.stderr)

    def bare(self, routing, what, preload):
        env = dict(os.environ, **({"LD_PRELOAD": preload} if preload else {}))
        cpu, wall, output = cpu_of([self.build / "kaiku_bench_kafka_read", self.brokers, self.topic(routing), str(self.events)],
                                   env, self.work / "read.log")
        if int(output.split()[0]) != self.events:
            sys.exit(f"the bare reader read {output}")
        self.note(routing, what, cpu, wall, self.events)

    def pipeline(self, routing, partitions, number, topic, events):
        """A fresh pipeline over the topic; its CPU seconds and wall-clock seconds."""
        name = f"bench-{routing}-{self.run_id}-{number}"
        folder = self.work / name
        folder.mkdir()
        file = folder / "pipeline.yaml"
        file.write_text(self.tool(self.build / "kaiku_bench_kafka_fill", "pipeline", name, topic, routing, partitions))
        env = dict(os.environ, KAIKU_STATE_DIR=str(folder / "state"))
        kaiku = self.program()
        self.tool(kaiku, "topics", "apply", file, "--replication", "1", env=env)
        cpu, wall, _ = cpu_of([kaiku, "--log.level", "debug", "run", "-c", file, "--until-idle"], env, folder / "run.log")
        commits = (folder / "run.log").read_text().count("commit applied")
        source = json.loads(self.tool(kaiku, "verify", "-c", file, env=env))
        self.check(source, events)
        shutil.rmtree(folder / "state")
        return cpu, wall, commits

    def program(self):
        return next(path for path in (self.build / "kaiku", self.build / "src" / "app" / "kaiku") if path.exists())

    @staticmethod
    def check(ledger, events):
        """Every record was read and every item ended once."""
        source = ledger["sources"][0]
        if not ledger["balanced"] or source["records"] != events or source["items"] != events:
            sys.exit(f"the ledger is wrong: {events} events, {json.dumps(source)}")

    def rounds(self, count):
        for number in range(1, count + 1):
            print(f"round {number} of {count}", file=sys.stderr)
            for routing, partitions in SETTINGS:
                self.bare(routing, "bare", None)
                self.bare(routing, "bare, jemalloc", JEMALLOC)
                cpu, wall, commits = self.pipeline(routing, partitions, number, self.topic(routing), self.events)
                self.note(routing, "kaiku", cpu, wall, self.events)
                self.cpu.setdefault((routing, "commits"), []).append(commits)

    def start_cost(self, count):
        """What a pipeline costs that has nothing to read: its start, its catalogue and its end."""
        empty = f"bench.empty.{self.run_id}"
        self.tool(self.build / "kaiku_bench_kafka_fill", "topic", self.brokers, empty, 1, 0, 1_000)
        costs = [self.pipeline("direct", 1, f"empty{number}", empty, 0)[0] for number in range(count)]
        return statistics.median(costs)

    def report(self, start_seconds, options):
        rows = []
        for routing, partitions in SETTINGS:
            bare = self.cpu[(routing, "bare")]
            jemalloc = self.cpu[(routing, "bare, jemalloc")]
            whole = self.cpu[(routing, "kaiku")]
            added = [w - b for w, b in zip(whole, bare)]
            added_jemalloc = [w - b for w, b in zip(whole, jemalloc)]
            ratios = [w / b for w, b in zip(whole, bare)]
            rows.append([f"{routing}, {partitions} partition{'s' if partitions > 1 else ''}", figures.spread(bare), figures.spread(jemalloc),
                         figures.spread(whole), figures.spread(added), figures.spread(added_jemalloc),
                         f"{statistics.median(ratios):.1f}", f"{statistics.median(self.cpu[(routing, 'commits')]):.0f}"])
        head = ["CPU ns per event", "bare read", "bare, jemalloc", "kaiku", "kaiku - bare", "kaiku - bare, jemalloc", "kaiku / bare", "commits"]
        added = statistics.median(w - b for w, b in zip(self.cpu[("direct", "kaiku")], self.cpu[("direct", "bare")]))
        walls = "; ".join(f"{routing}: bare {figures.spread(self.wall[(routing, 'bare')])}, kaiku {figures.spread(self.wall[(routing, 'kaiku')])}"
                          for routing, _ in SETTINGS)
        return (f"{self.events:,} events of 800 bytes on an lz4 topic, {options.rounds} interleaved rounds, median (range). "
                f"{figures.machine()}.\n\n{figures.table(head, rows)}\n\n"
                f"Of kaiku's figures {start_seconds * 1e9 / self.events:,.0f} ns per event are start and end of the process "
                f"({start_seconds:.2f} s of CPU with nothing to read). Events per second of wall-clock: {walls}.\n\n"
                f"Floor: the direct source adds at most {FLOOR_NS:,} ns to the bare read; measured {added:,.0f}: "
                f"{'met' if added <= FLOOR_NS else '**missed**'}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path, help="a folder of its own, emptied first")
    parser.add_argument("--events", type=int, default=600_000)
    parser.add_argument("--rate", type=int, default=10_000, help="events of one second of event time")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep-readme", action="store_true", help="only print")
    options = parser.parse_args()
    bench = Bench(options)
    print(f"filling two topics with {options.events:,} events each", file=sys.stderr)
    bench.fill(options.rate)
    bench.rounds(options.rounds)
    text = bench.report(bench.start_cost(min(options.rounds, 3)), options)
    print(text)
    if not options.keep_readme:
        figures.rewrite_section("bench/kafka", text)


if __name__ == "__main__":
    main()
