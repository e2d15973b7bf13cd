"""What one customer's trouble costs the others (docs/reliability.md). Every figure is a ratio to the undisturbed run of the same round.

  neighbours  50 hooks of 50 customers at an even rate; then the same with one hung, one slow and one failing among them
  spike       49 customers at 100 reports a second together; then the same while the 50th gets 3,500 a second and answers slowly
  pending     callbacks for dead hooks: resident memory, and the rate at which reports are still taken
"""

import argparse
import json
import pathlib
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

import contender
import machine
import measure

GOOD = 47
HOOKS = 50
BAD = ("hung", "slow", "error")


class Bad:
    """The process with the customers' bad servers."""

    def __init__(self):
        here = pathlib.Path(__file__).parent / "badhooks.py"
        self.process = subprocess.Popen([sys.executable, here], stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.port = int(self.process.stdout.readline())


class Phase:
    """One hub from its first start to its end."""

    def __init__(self, sink):
        self.sink = sink
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hoiam-isolation-"))
        self.hub = contender.load("hub-sqlite")
        self.hub.prepare()
        self.hub.start(self.folder, sink.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hub.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def account(self, hook, change):
        token = self.hub.start.__globals__["TOKEN"]
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.hub.port}/admin/v1/accounts/bench-{hook}", json.dumps(change).encode(), method="PUT",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).close()

    def metric(self, name):
        text = urllib.request.urlopen(f"http://127.0.0.1:{self.hub.port}/metrics", timeout=30).read().decode()
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? ([0-9.eE+-]+)$", text, re.M))

    def ids(self, count, name, keep=lambda hook: True):
        """Registers messages; writes those of the wanted hooks and gives the file and its lines."""
        path = self.folder / name
        self.hub.ids(count, HOOKS, path)
        lines = [line for line in path.read_text().splitlines() if keep(int(line.split("\t")[1]))]
        path.write_text("\n".join(lines) + "\n")
        return path, lines

    def ids_of_one(self, count, name):
        """Messages that all belong to the one customer with the account bench-one."""
        path = self.folder / name
        self.hub.ids(count, 1, path)
        return path

    def load(self, ids, name, rate, seconds, connections=32):
        answers = self.folder / name
        return answers, subprocess.Popen(
            [contender.BUILD / "native" / "loadgen", "--port", str(self.hub.port), "--ids", ids, "--out", answers,
             "--connections", str(connections), "--rate", str(rate), "--seconds", str(seconds), "--headers", self.hub.headers],
            stdout=subprocess.PIPE, text=True)


def hash_key(text):
    value = 14695981039346656037
    for byte in text.encode():
        value = ((value ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return value


def arrivals(sink, since):
    """Key → (first arrival, how often), of what came since a count."""
    found = {}
    with open(sink.ring, "rb") as f:
        total, _, capacity = struct.unpack("<QQQ", f.read(24))
        for number in range(since, total):
            f.seek(4096 + (number % capacity) * 24)
            key, at, _, _ = struct.unpack("<QQII", f.read(24))
            first, times = found.get(key, (at, 0))
            found[key] = (first, times + 1)
    return found


def judge(lines, answers, seen, wanted, warm_up, rate):
    """Latency and loss of the accepted reports of the wanted hooks."""
    keys = [line.split("\t", 2) for line in lines]
    delays, accepted, lost, doubled, began = [], 0, 0, 0, None
    data = answers.read_bytes()
    for offset in range(0, len(data), 24):
        line, status, due, _ = struct.unpack_from("<IIQQ", data, offset)
        began = due if began is None else min(began, due)
        key, hook = keys[line][0], int(keys[line][1])
        if status != 200 or not wanted(hook):
            continue
        accepted += 1
        first, times = seen.get(hash_key(key), (None, 0))
        lost += times == 0
        doubled += max(0, times - 1)
        if first is not None and due >= began + warm_up * 1e9:
            delays.append((first - due) / 1e6)
    delays.sort()
    at = lambda share: round(delays[min(len(delays) - 1, int(len(delays) * share))], 2) if delays else None
    return {"accepted": accepted, "lost": lost, "doubled": doubled, "measured": len(delays), "p50Ms": at(0.5), "p99Ms": at(0.99)}


def neighbours(args, sink, bad, timeout):
    rounds = []
    for number in range(args.rounds):
        pair = {}
        for name in ("quiet", "disturbed"):
            with Phase(sink) as phase:
                for hook in range(HOOKS):
                    change = {"retry": {"timeout": f"00:{timeout // 60:02}:{timeout % 60:02}"}, "maxConcurrency": 8}
                    if name == "disturbed" and hook >= GOOD:
                        change["callbackUrl"] = f"http://127.0.0.1:{bad.port}/{BAD[hook - GOOD]}/{hook}"
                    phase.account(hook, change)
                count = int(args.rate * (args.warm_up + args.seconds)) + 200
                ids, lines = phase.ids(count, "ids")
                before = sink.counts()[0]
                answers, generator = phase.load(ids, "answers", args.rate, args.warm_up + args.seconds)
                generator.communicate()
                time.sleep(2)
                pair[name] = judge(lines, answers, arrivals(sink, before), lambda hook: hook < GOOD, args.warm_up, args.rate)
        pair["p99Ratio"] = round(pair["disturbed"]["p99Ms"] / pair["quiet"]["p99Ms"], 2)
        pair["throughputRatio"] = round(pair["disturbed"]["measured"] / max(1, pair["quiet"]["measured"]), 3)
        rounds.append(pair)
        print(f"  neighbours, time-out {timeout} s, round {number + 1}: p99 {pair['quiet']['p99Ms']} → {pair['disturbed']['p99Ms']} ms "
              f"({pair['p99Ratio']} ×), throughput {pair['throughputRatio']} ×, lost {pair['disturbed']['lost']}", flush=True)
    return {"timeoutSeconds": timeout, "rounds": rounds, "p99RatioMedian": statistics.median(r["p99Ratio"] for r in rounds)}


def spike(args, sink, bad):
    rounds = []
    for number in range(args.rounds):
        pair = {}
        for name in ("quiet", "disturbed"):
            with Phase(sink) as phase:
                if name == "disturbed":
                    phase.account("one", {"callbackUrl": f"http://127.0.0.1:{bad.port}/lazy/49", "maxConcurrency": 8})
                seconds = args.warm_up + args.seconds
                steady, lines = phase.ids(int(args.steady * seconds * HOOKS / 49) + 200, "steady", lambda hook: hook != 49)
                hot = phase.ids_of_one(int(args.spike * args.seconds) + 100, "hot") if name == "disturbed" else None
                before = sink.counts()[0]
                answers, generator = phase.load(steady, "answers", args.steady, seconds)
                behind = 0
                if hot:
                    time.sleep(args.warm_up)
                    _, storm = phase.load(hot, "storm", args.spike, args.seconds, connections=64)
                    while storm.poll() is None:
                        behind = max(behind, phase.metric("hoiam_delivery_hooks_behind"))
                        time.sleep(0.5)
                generator.communicate()
                time.sleep(2)
                pair[name] = judge(lines, answers, arrivals(sink, before), lambda hook: hook != 49, args.warm_up, args.steady)
                if hot:
                    pair["alertFired"] = behind > 0
                    left = phase.metric("hoiam_delivery_live") + phase.metric("hoiam_delivery_parked")
                    time.sleep(5)
                    pair["drains"] = left == 0 or phase.metric("hoiam_delivery_live") + phase.metric("hoiam_delivery_parked") < left
        pair["p99Ratio"] = round(pair["disturbed"]["p99Ms"] / pair["quiet"]["p99Ms"], 2)
        rounds.append(pair)
        print(f"  spike, round {number + 1}: p99 of the others {pair['quiet']['p99Ms']} → {pair['disturbed']['p99Ms']} ms ({pair['p99Ratio']} ×), "
              f"doubled {pair['disturbed']['doubled']}, lost {pair['disturbed']['lost']}, alert {'fired' if pair['alertFired'] else 'silent'}, "
              f"backlog {'drains' if pair['drains'] else 'stays'}", flush=True)
    return {"rounds": rounds, "p99RatioMedian": statistics.median(r["p99Ratio"] for r in rounds)}


def pending(args, sink):
    """Everything goes to hooks where nobody listens; then the last tenth of the reports is timed."""
    with Phase(sink) as phase:
        closed = contender.free_port()
        for hook in range(HOOKS):
            phase.account(hook, {"callbackUrl": f"http://127.0.0.1:{closed}/dead/{hook}"})
        rates, highest = [], 0
        step = min(args.pending, 100_000)
        for done in range(0, args.pending, step):
            ids, lines = phase.ids(step, "ids")
            answers, generator = phase.load(ids, "answers", 0, 600)
            began = time.monotonic()
            while generator.poll() is None:
                highest = max(highest, machine.resident_mib(phase.hub.pids()))
                time.sleep(0.5)
            rates.append(round(len(lines) / (time.monotonic() - began)))
            print(f"  pending {done + step}: {rates[-1]} reports/s taken, {highest:.0f} MiB resident at most", flush=True)
        return {"pending": phase.metric("hoiam_delivery_live") + phase.metric("hoiam_delivery_parked"), "residentMiB": round(highest), "reportsPerSecond": rates}


def main():
    parser = argparse.ArgumentParser(prog="bench/isolation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("neighbours", "spike", "pending"), help="one part only")
    parser.add_argument("--rounds", type=int, default=5, help="paired rounds (5)")
    parser.add_argument("--seconds", type=float, default=8, help="measured seconds of each run (8)")
    parser.add_argument("--warm-up", type=float, default=4, dest="warm_up", help="seconds of load before them (4)")
    parser.add_argument("--rate", type=float, default=1000, help="reports a second over all 50 hooks (1000)")
    parser.add_argument("--timeouts", default="5,100", help="hooks' time-outs in seconds (5,100)")
    parser.add_argument("--steady", type=float, default=100, help="reports a second of the 49 in the spike (100)")
    parser.add_argument("--spike", type=float, default=3500, help="reports a second of the one (3500)")
    parser.add_argument("--pending", type=int, default=200_000, help="callbacks for dead hooks (200000)")
    parser.add_argument("--json", help="file for everything that was measured")
    args = parser.parse_args()
    measure.build_native()
    memory = pathlib.Path("/dev/shm")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hoiam-isolation-", dir=memory if memory.exists() else None))
    sink, bad = measure.Sink(folder), Bad()
    results = {}
    try:
        if args.only in (None, "neighbours"):
            results["neighbours"] = [neighbours(args, sink, bad, int(t)) for t in args.timeouts.split(",")]
        if args.only in (None, "spike"):
            results["spike"] = spike(args, sink, bad)
        if args.only in (None, "pending"):
            results["pending"] = pending(args, sink)
    finally:
        sink.stop()
        contender.end_process(bad.process)
        shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(results, indent=1)
    if args.json:
        pathlib.Path(args.json).write_text(text + "\n")
    for part in results.get("neighbours", []):
        print(f"neighbours, time-out {part['timeoutSeconds']} s: p99 ratio {part['p99RatioMedian']} (required 1.5, aim 1.2)")
    if "spike" in results:
        print(f"spike: p99 ratio of the others {results['spike']['p99RatioMedian']} (required 2, aim 1.5)")
    if "pending" in results:
        print(f"pending {results['pending']['pending']:.0f}: {results['pending']['residentMiB']} MiB resident at most (required under 500)")


main()
