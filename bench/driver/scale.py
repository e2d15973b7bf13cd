"""./bench/scale: the hub with an empty store and with a long history, in interleaved windows; and a start with a large backlog.

  history   rate of reports empty and with --messages stored, then GetCallback of 200 ids, search and overview, and a restart
  backlog   a start with --pending callbacks that are due at hooks where nobody listens: ready when, trying when; then the rate of reports for
            hooks that listen, beside an empty store

The history is entered by bench/fill: the ledger's own code, spread over twenty days, without HTTP and with fewer commits.
"""

import argparse
import http.client
import json
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time

import compare
import machine
import measure
from contender import BENCH, BUILD, Unavailable, dotnet_env, free_port, load, run

IDS = 200


def options():
    parser = argparse.ArgumentParser(prog="bench/scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000, help="messages stored, each with its report and callback (1000000)")
    parser.add_argument("--pending", type=int, default=1_000_000, help="callbacks waiting at a start (1000000)")
    parser.add_argument("--store", metavar="DIR", help="keep the filled stores here, and take them from here when they are there already")
    parser.add_argument("--rounds", type=int, default=3, help="measured windows of each; 0 for none (3)")
    parser.add_argument("--seconds", type=int, default=6, help="length of each (6)")
    parser.add_argument("--calls", type=int, default=300, help="timed calls of each kind (300)")
    parser.add_argument("--only", choices=("history", "backlog"), help="one part only")
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE")
    return parser.parse_args()


def say(text):
    print(text, flush=True)


def percentile(values, part):
    values = sorted(values)
    return round(values[min(len(values) - 1, int(len(values) * part))], 1)


def ratio(empty, full):
    """The median of the pairs' ratios."""
    return round(statistics.median(f / e for e, f in zip(empty, full)), 3) if full else None


class Scale:
    def __init__(self, chosen):
        self.chosen, self.session = chosen, compare.Session()
        measure.build_native()
        run(["dotnet", "build", BENCH / "fill", "-c", "Release", "--nologo", "-v", "quiet"], "dotnet build bench/fill")
        self.session.sink = measure.Sink(self.session.memory)
        self.hub, self.known = None, []

    def start(self, work, port=None):
        hub = load("hub-sqlite")
        hub.prepare()
        work.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.session.started.append(hub)
        hub.start(work, port or self.session.sink.port)
        return hub

    def filled(self, name, count, port, *more):
        """A hub, not running, on a store with that many messages: one that was kept, or a new one."""
        work = pathlib.Path(self.chosen.store or self.session.folder) / f"{name}-{count}"
        known = work / "known.tsv"
        if not known.exists():
            shutil.rmtree(work, ignore_errors=True)
            say(f"  entering {count:,} messages …")
            self.hub = self.start(work, port)
            self.hub.end()
            run([BUILD / "dotnet/bin/Fill/release/HoiAm.Bench.Fill", "--data", self.hub.data, "--known", work / "part.tsv", "--messages", str(count), *more],
                "bench/fill", seconds=4 * 60 * 60)
            (work / "part.tsv").rename(known)
        else:
            self.hub = load("hub-sqlite")
            self.hub.prepare()
            self.session.started.append(self.hub)
            self.hub.port, self.hub.work, self.hub.data = free_port(), work, work / "data"
        self.known = [line.split("\t") for line in known.read_text().splitlines()]

    def module(self, name):
        return self.hub.start.__globals__[name]

    def account(self, hook, change):
        with self.module("Admin")(self.hub.port) as admin:
            admin.json("PUT", f"/admin/v1/accounts/bench-{hook}", change)

    def window(self, hub, what, rates):
        """A window of saturating load; its rate is added."""
        one = measure.measure(hub, self.session.sink, self.session.memory, 50, 0, not rates, self.chosen.seconds, rates[-1] if rates else 0)
        rates.append(one["reportsPerSecond"])
        say(f"  {what}: {one['reportsPerSecond']:,.0f} reports/s, p99 {one['p99Ms']} ms, {one['cpuMicrosPerReport']:.0f} µs CPU, lost {one['lost']}, steal {one['stealCores']}")

    def point_to_sink(self, more):
        for hook in range(50):
            self.account(hook, {"callbackUrl": f"http://127.0.0.1:{self.session.sink.port}/h{hook}", **more})

    def beside_empty(self, what):
        """Rates of an empty hub and of this one in turn."""
        empty, full = [], []
        if self.chosen.rounds:
            fresh = self.start(self.session.folder / f"empty-{len(self.session.started)}")
            for _ in range(self.chosen.rounds):
                self.window(fresh, "empty", empty)
                self.window(self.hub, what, full)
            fresh.stop()
        return empty, full

    def history(self):
        say("history")
        self.filled("history", self.chosen.messages, self.session.sink.port)
        ready = self.hub.serve()
        size = self.hub.stored_bytes()
        say(f"  start: ready after {ready:.1f} s; store {size / 2 ** 20:,.0f} MiB, {size / self.chosen.messages:,.0f} bytes a message")
        self.point_to_sink({"pull": {"preset": "2024", "perSecond": 1000, "kinds": "all"}})
        calls = {"getCallback200": self.pulls(), "searchByPhone": self.searches("phone"), "searchBySmsId": self.searches("smsid"),
                 "overview": self.times(lambda i: ("/admin/v1/overview", None))}
        for name, times in calls.items():
            say(f"  {name}: p50 {percentile(times, 0.5)} ms, p95 {percentile(times, 0.95)} ms, p99 {percentile(times, 0.99)} ms over {len(times)} calls")
        empty, full = self.beside_empty(f"{self.chosen.messages:,} stored")
        resident = machine.resident_mib(self.hub.pids())
        self.hub.stop()
        return {"messages": self.chosen.messages, "emptyPerSecond": empty, "fullPerSecond": full, "residentMiB": round(resident),
                "ratio": ratio(empty, full),
                "calls": {n: {"p50Ms": percentile(t, 0.5), "p95Ms": percentile(t, 0.95), "p99Ms": percentile(t, 0.99)} for n, t in calls.items()},
                "startSeconds": round(ready, 1), "storeBytes": size}

    def times(self, call, keys=None):
        """Milliseconds of each call over one connection."""
        taken, connection = [], http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=60)
        for number in range(self.chosen.calls):
            path, body = call(number)
            headers = {} if keys else {"Authorization": f"Bearer {self.module('TOKEN')}"}
            began = time.monotonic()
            connection.request("POST" if body else "GET", path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            taken.append((time.monotonic() - began) * 1000)
            if answer.status != 200 or (keys and b'"Code":100' not in text):
                raise Unavailable(f"{path} answered {answer.status}: {text[:200]}")
        connection.close()
        return taken

    def pulls(self):
        by_hook = {}
        for sms_id, hook, _ in self.known:
            by_hook.setdefault(int(hook), []).append(sms_id)

        def one(number):
            hook = sorted(by_hook)[number % len(by_hook)]
            ids = random.Random(number).sample(by_hook[hook], min(IDS, len(by_hook[hook])))
            return "/ZaloCallback/GetCallback", json.dumps({
                "ApiKey": f"key-of-bench-{hook}-0123456789", "SecretKey": f"secret-of-bench-{hook}-0123456789", "ListRefid": ids})
        return self.times(one, keys=True)

    def searches(self, by):
        def one(number):
            sms_id, _, phone = random.Random(number).choice(self.known)
            return f"/admin/v1/search?q={phone if by == 'phone' else sms_id}", None
        return self.times(one)

    def tries(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=60)
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {self.module('TOKEN')}"})
        text = connection.getresponse().read().decode()
        connection.close()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("hoiam_delivery_attempt_duration_seconds_count"))

    def backlog(self):
        say("backlog")
        # Nobody listens there, now or in a later run.
        self.filled("backlog", self.chosen.pending, 9, "--pending")
        ready = self.hub.serve()
        began = time.monotonic()
        while self.tries() == 0 and time.monotonic() - began < 60:
            time.sleep(0.05)
        trying = time.monotonic() - began
        say(f"  start with {self.chosen.pending:,} pending: ready after {ready:.1f} s, first try {trying:.1f} s later")
        self.point_to_sink({})
        empty, full = self.beside_empty(f"{self.chosen.pending:,} pending")
        resident = machine.resident_mib(self.hub.pids())
        say(f"  {resident:.0f} MiB resident")
        self.hub.stop()
        return {"pending": self.chosen.pending, "readySeconds": round(ready, 1), "tryingSeconds": round(trying, 1), "residentMiB": round(resident),
                "emptyPerSecond": empty, "fullPerSecond": full, "ratio": ratio(empty, full)}


def main():
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    scale, result = None, {"machine": machine.describe()}
    try:
        scale = Scale(chosen)
        if chosen.only != "backlog":
            result["history"] = scale.history()
            if chosen.rounds:
                say(f"  with {chosen.messages:,} stored the hub does {result['history']['ratio']} of what it does empty")
        if chosen.only != "history":
            result["backlog"] = scale.backlog()
            if chosen.rounds:
                say(f"  with {chosen.pending:,} pending the hub does {result['backlog']['ratio']} of what it does empty")
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if scale:
            scale.session.stop()
    if chosen.json:
        pathlib.Path(chosen.json).write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
