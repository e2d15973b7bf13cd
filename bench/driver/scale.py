"""./bench/scale: the hub with an empty store and with a long history, in one run; and a start with a large backlog.

  history   rate of reports empty and with --messages stored, then GetCallback of 200 ids, search and overview, and a restart
  backlog   --pending callbacks for hooks where nobody listens; then a restart: ready when, and trying again when
"""

import argparse
import http.client
import json
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time

import compare
import contender
import machine
import measure
from contender import Unavailable, load

STEP = 100_000
IDS = 200


def options():
    parser = argparse.ArgumentParser(prog="bench/scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000, help="messages stored, each with its report and callback (1000000)")
    parser.add_argument("--pending", type=int, default=1_000_000, help="callbacks waiting at a start (1000000)")
    parser.add_argument("--rounds", type=int, default=3, help="measured windows before and after; 0 for none (3)")
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


class Scale:
    def __init__(self, chosen):
        self.chosen, self.session = chosen, compare.Session()
        measure.build_native()
        self.session.sink = measure.Sink(self.session.memory)
        self.hub = load("hub-sqlite")
        self.hub.prepare()
        self.known = []

    def start(self, name):
        work = self.session.folder / name
        work.mkdir(mode=0o755)
        self.session.started.append(self.hub)
        self.hub.start(work, self.session.sink.port)

    def module(self, name):
        return self.hub.start.__globals__[name]

    def account(self, hook, change):
        with self.module("Admin")(self.hub.port) as admin:
            admin.json("PUT", f"/admin/v1/accounts/bench-{hook}", change)

    def rates(self, what):
        """Reports a second end to end of a few windows; the median."""
        rates = []
        for number in range(self.chosen.rounds):
            one = measure.measure(self.hub, self.session.sink, self.session.memory, 50, 0, number == 0, self.chosen.seconds, rates[-1] if rates else 0)
            rates.append(one["reportsPerSecond"])
            say(f"  {what}: {one['reportsPerSecond']:,.0f} reports/s, p99 {one['p99Ms']} ms, {one['cpuMicrosPerReport']:.0f} µs CPU, lost {one['lost']}, steal {one['stealCores']}")
        return statistics.median(rates) if rates else None

    def fill(self, count, told):
        """Registers messages and reports on them, a step at a time."""
        done, began = 0, time.monotonic()
        while done < count:
            step = min(STEP, count - done)
            ids = self.session.memory / "fill"
            self.hub.ids(step, 50, ids)
            generator = subprocess.Popen(
                [contender.BUILD / "native" / "loadgen", "--port", str(self.hub.port), "--ids", ids, "--out", self.session.memory / "answers",
                 "--connections", "64", "--rate", "0", "--seconds", "600", "--headers", self.hub.headers], stdout=subprocess.PIPE, text=True)
            generator.communicate()
            lines = ids.read_text().splitlines()
            self.known.extend(random.Random(done).sample(lines, min(len(lines), 2_000)))
            done += step
            told(done)
        return round(count / (time.monotonic() - began))

    def history(self):
        say("history")
        self.start("history")
        empty = self.rates("empty")
        filled = self.fill(self.chosen.messages, lambda done: say(f"  {done:,} stored") if done % (5 * STEP) == 0 else None)
        full = self.rates(f"{self.chosen.messages:,} stored")
        calls = {"getCallback200": self.pulls(), "searchByPhone": self.searches("phone"), "searchBySmsId": self.searches("smsid"),
                 "overview": self.times(lambda i: ("/admin/v1/overview", None))}
        for name, times in calls.items():
            say(f"  {name}: p50 {percentile(times, 0.5)} ms, p95 {percentile(times, 0.95)} ms, p99 {percentile(times, 0.99)} ms over {len(times)} calls")
        ready, size = self.restart(), self.hub.stored_bytes()
        say(f"  restart: ready after {ready:.1f} s; store {size / 2 ** 20:,.0f} MiB")
        self.hub.stop()
        return {"messages": self.chosen.messages, "emptyPerSecond": empty, "fullPerSecond": full, "ratio": round(full / empty, 3) if full else None, "filledPerSecond": filled,
                "calls": {n: {"p50Ms": percentile(t, 0.5), "p95Ms": percentile(t, 0.95), "p99Ms": percentile(t, 0.99)} for n, t in calls.items()},
                "restartSeconds": round(ready, 1), "storeBytes": size}

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
        for hook in range(50):
            self.account(hook, {"pull": {"preset": "2024", "perSecond": 1000, "kinds": "all"}})
        by_hook = {}
        for line in self.known:
            key, hook, _ = line.split("\t", 2)
            by_hook.setdefault(int(hook), []).append(key)

        def one(number):
            hook = number % 50
            ids = random.Random(number).sample(by_hook[hook], min(IDS, len(by_hook[hook])))
            return "/ZaloCallback/GetCallback", json.dumps({
                "ApiKey": f"key-of-bench-{hook}-0123456789", "SecretKey": f"secret-of-bench-{hook}-0123456789", "ListRefid": ids})
        return self.times(one, keys=True)

    def searches(self, by):
        def one(number):
            key, _, _, body = random.Random(number).choice(self.known).split("\t", 3)
            wanted = "0" + json.loads(body)["msisdn"][-9:] if by == "phone" else key
            return f"/admin/v1/search?q={wanted}", None
        return self.times(one)

    def restart(self):
        """Ends the process in good order and starts it again on the same folder; seconds until it is ready."""
        process = self.hub.processes[-1]
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        self.hub.processes.remove(process)
        began = time.monotonic()
        self.hub.spawn([self.hub.program, "serve", "--urls", f"http://127.0.0.1:{self.hub.port}", "--data", self.hub.data, "--admin-token",
                        self.module("TOKEN"), "--no-sandbox"], cwd=self.session.folder, env=contender.dotnet_env())
        self.hub.wait_http(f"http://127.0.0.1:{self.hub.port}/healthz", seconds=120)
        while True:
            with self.module("Admin")(self.hub.port) as admin:
                if admin.status("GET", "/readyz") == 200:
                    return time.monotonic() - began
            time.sleep(0.05)

    def tries(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=60)
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {self.module('TOKEN')}"})
        text = connection.getresponse().read().decode()
        connection.close()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("hoiam_delivery_attempt_duration_seconds_count"))

    def backlog(self):
        say("backlog")
        self.start("backlog")
        closed = contender.free_port()
        for hook in range(50):
            self.account(hook, {"callbackUrl": f"http://127.0.0.1:{closed}/dead/{hook}"})
        resident = 0

        def told(done):
            nonlocal resident
            resident = max(resident, machine.resident_mib(self.hub.pids()))
            if done % (2 * STEP) == 0:
                say(f"  {done:,} pending, {resident:.0f} MiB resident")
        taken = self.fill(self.chosen.pending, told)
        ready = self.restart()
        began = time.monotonic()
        while self.tries() == 0 and time.monotonic() - began < 60:
            time.sleep(0.05)
        trying = time.monotonic() - began
        after = machine.resident_mib(self.hub.pids())
        say(f"  restart with {self.chosen.pending:,} pending: ready after {ready:.1f} s, first try {trying:.1f} s later, {after:.0f} MiB")
        self.hub.stop()
        return {"pending": self.chosen.pending, "takenPerSecond": taken, "residentMiB": round(resident), "readySeconds": round(ready, 1),
                "tryingSeconds": round(trying, 1), "residentAfterMiB": round(after)}


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
