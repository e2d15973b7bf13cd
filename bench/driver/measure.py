"""One measured run: load, window, drain, and the verdict of the joiner."""

import json
import os
import struct
import subprocess
import time

import machine
from contender import BENCH, BUILD, Unavailable, end_process, run

CONNECTIONS = 64
BACKLOG = 2048
DRAIN_IDLE_SECONDS = 20
DRAIN_MAX_SECONDS = 180
STEAL_MAX_CORES = 0.1
OTHERS_NOTED_CORES = 0.2
OTHERS_MAX_CORES = 0.5


def build_native():
    """Compiles the generator, the sink and the joiner when their source is newer."""
    target = BUILD / "native"
    target.mkdir(parents=True, exist_ok=True)
    sources = BENCH / "native"
    newest_header = (sources / "wire.h").stat().st_mtime
    for name in ("loadgen", "sink", "joiner"):
        source, program = sources / f"{name}.c", target / name
        if program.exists() and program.stat().st_mtime > max(newest_header, source.stat().st_mtime):
            continue
        run(["gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-o", program, source], f"compiling {source.name}")


class Sink:
    """The hooks of the whole session: one process, one ring of arrivals in memory."""

    def __init__(self, folder):
        self.ring = folder / "sink.ring"
        self.process = subprocess.Popen(
            [BUILD / "native" / "sink", "--ring", self.ring], stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.port = int(self.process.stdout.readline())

    def counts(self):
        """Arrivals at hooks, and submits that stood in for a telco, since the session began."""
        with open(self.ring, "rb") as f:
            return struct.unpack("<QQ", f.read(16))

    def stop(self):
        end_process(self.process)


class Snapshot:
    def __init__(self, contender, generator, sink):
        self.at = time.monotonic()
        self.busy, self.steal = machine.host_cpu()
        self.contender = machine.cpu_seconds(contender.pids())
        self.generator = machine.cpu_seconds([generator.pid])
        self.sink = machine.cpu_seconds([sink.process.pid])


def measure(contender, sink, folder, hooks, rate, first, seconds, seen_rate):
    """Runs the contender once; `rate` 0 saturates. Returns the figures of one run."""
    warm_up = contender.warm_up[0 if first else 1]
    most = rate * 1.05 if rate else contender.guess if first else max(contender.guess / 2, seen_rate * 2)
    count = int(most * (warm_up + seconds)) + 1000
    ids, answers = folder / "ids", folder / "answers"
    stored = [contender.stored_bytes()]
    facts = contender.ids(count, hooks, ids) or {}
    stored.append(contender.stored_bytes())
    os.sync()
    counters = contender.counters()
    before = sink.counts()[0]
    generator = subprocess.Popen(
        [BUILD / "native" / "loadgen", "--port", ",".join(map(str, contender.ports())), "--ids", ids, "--out", answers, "--ring", sink.ring,
         "--connections", str(CONNECTIONS), "--backlog", str(BACKLOG), "--rate", str(rate), "--seconds", str(warm_up + seconds),
         "--headers", contender.headers], stdout=subprocess.PIPE, text=True)
    try:
        start = int(generator.stdout.readline().split()[1])
        opens = start + int(warm_up * 1e9)
        closes = opens + int(seconds * 1e9)
        _sleep_until(opens)
        opened = Snapshot(contender, generator, sink)
        resident = _resident_until(contender, closes)
        closed = Snapshot(contender, generator, sink)
        sent = json.loads(generator.stdout.readline())
    except (IndexError, ValueError) as error:
        raise Unavailable(f"the load generator stopped: {contender.log_tail()}") from error
    finally:
        end_process(generator)
    ends = min(closes, sent["endNs"]) if sent["ranOut"] else closes
    join = [BUILD / "native" / "joiner", "--ids", ids, "--answers", answers, "--ring", sink.ring,
            "--from", str(before), "--opens", str(opens), "--closes", str(ends)]
    verdict = _drain(join)
    stored.append(contender.stored_bytes())
    figures = _figures(verdict, sent, opened, closed, resident, (ends - opens) / 1e9)
    figures["bytesPerReport"] = _bytes_per_report(stored, count, verdict["delivered"])
    figures.update(_per_report(counters, contender.counters(), verdict["delivered"]))
    figures.update(facts)
    return figures


def _sleep_until(at_ns):
    time.sleep(max(0, (at_ns - time.monotonic_ns()) / 1e9))


def _resident_until(contender, at_ns):
    """The highest of one memory reading a second: reading maps is not free, so not more often."""
    highest = machine.resident_mib(contender.pids())
    while time.monotonic_ns() + 1_000_000_000 < at_ns:
        time.sleep(1)
        highest = max(highest, machine.resident_mib(contender.pids()))
    _sleep_until(at_ns)
    return highest


def _drain(join):
    """Waits until every accepted report was seen, or nothing has moved for a while; returns the last verdict."""
    began = moved = time.monotonic()
    last = None
    while True:
        verdict = json.loads(run(join, "joiner"))
        if last is None or verdict["delivered"] != last["delivered"]:
            moved = time.monotonic()
        last, now = verdict, time.monotonic()
        if verdict["lost"] == 0 and now - began > 0.5:
            return verdict
        if now - moved > DRAIN_IDLE_SECONDS or now - began > DRAIN_MAX_SECONDS:
            return verdict
        time.sleep(0.3)


def _figures(verdict, sent, opened, closed, resident, seconds):
    span = closed.at - opened.at
    done = max(1, verdict["deliveredInWindow"])
    cost = {name: getattr(closed, name) - getattr(opened, name) for name in ("busy", "steal", "contender", "generator", "sink")}
    others = (cost["busy"] - cost["contender"] - cost["generator"] - cost["sink"]) / span
    steal = cost["steal"] / span
    notes = []
    if steal > STEAL_MAX_CORES:
        notes.append(f"steal {steal:.2f} core")
    if others > OTHERS_NOTED_CORES:
        notes.append(f"others used {others:.2f} core")
    if sent["ranOut"]:
        notes.append("ids ran out")
    for name in ("refused", "broken"):
        if sent[name]:
            notes.append(f"{sent[name]} {name}")
    if verdict["misrouted"]:
        notes.append(f"{verdict['misrouted']} misrouted")
    return {
        "reportsPerSecond": round(verdict["deliveredInWindow"] / max(0.1, seconds), 1),
        "acceptedPerSecond": round(verdict["acceptedInWindow"] / max(0.1, seconds), 1),
        "p50Ms": verdict["wholeP50Ms"], "p95Ms": verdict["wholeP95Ms"], "p99Ms": verdict["wholeP99Ms"], "maxMs": verdict["wholeMaxMs"],
        "afterAnswerP50Ms": verdict["afterAnswerP50Ms"], "afterAnswerP99Ms": verdict["afterAnswerP99Ms"],
        "accepted": verdict["accepted"], "lost": verdict["lost"], "duplicated": verdict["duplicated"],
        "misrouted": verdict["misrouted"], "strangers": verdict["strangers"],
        "refused": sent["refused"], "broken": sent["broken"],
        "cpuMicrosPerReport": round(cost["contender"] * 1e6 / done, 1),
        "generatorMicrosPerReport": round(cost["generator"] * 1e6 / done, 1),
        "sinkMicrosPerReport": round(cost["sink"] * 1e6 / done, 1),
        "rssMiB": round(resident, 1),
        "stealCores": round(steal, 3), "otherCores": round(max(0, others), 3),
        "dropped": steal > STEAL_MAX_CORES or others > OTHERS_MAX_CORES,
        "failed": verdict["lost"] > 0 or verdict["misrouted"] > 0 or verdict["deliveredInWindow"] == 0,
        "notes": notes,
    }


def _per_report(before, after, delivered):
    """What the contender counted from the first report to the last arrival, warm-up included, for each delivered report."""
    return {f"{name}PerReport": round((after[name] - before[name]) / max(1, delivered), 4) for name in before or {} if name in (after or {})}


def _bytes_per_report(stored, registered, delivered):
    """What registering one message took plus what one delivered report took; ids left over do not count as reports."""
    if None in stored or delivered == 0:
        return None
    return round((stored[1] - stored[0]) / registered + (stored[2] - stored[1]) / delivered)
