"""./bench/sends: sends at a steady rate against the sandbox, its carriers reporting and its callbacks going out meanwhile.

The figure is the time from when a send was due to its answer. Nothing is compared: no other system has this interface.
"""

import argparse
import json
import pathlib
import signal
import struct
import sys

import compare
import machine
import measure
import reports
from contender import Unavailable, dotnet_env, free_port, load

PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
ANSWER = struct.Struct("=IIQQ")
TARGET_MS = 50


def options():
    parser = argparse.ArgumentParser(prog="bench/sends", description="Latency of send answers at a steady rate, callbacks going out meanwhile.")
    parser.add_argument("--rate", type=int, default=200, help="sends a second (default 200)")
    parser.add_argument("--seconds", type=int, default=20, help="measured seconds a round (default 20)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default 3)")
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE")
    chosen = parser.parse_args()
    for name, most in (("rate", 5000), ("seconds", 600), ("rounds", 50)):
        if not 1 <= getattr(chosen, name) <= most:
            parser.error(f"--{name} takes 1 to {most}")
    return chosen


class Sends(type(load("hub-sqlite"))):
    """The hub with its sandbox: every send leads to three vendor reports over HTTP and to one callback."""

    headers = ""
    warm_up = (10, 4)

    def start(self, work, sink_port):
        self.work, self.sink_port = work, sink_port
        self.port, self.data = free_port(), work / "data"
        self.data.mkdir(mode=0o700)
        self.spawn([self.program, "serve", "--urls", f"http://127.0.0.1:{self.port}", "--data", self.data, "--sandbox"],
                   cwd=work, env=dotnet_env())
        self.wait_http(f"http://127.0.0.1:{self.port}/readyz", seconds=60)

    def ids(self, count, hooks, path):
        # The customer's own SMSID= in the CallbackUrl stays as it is, so the sink knows each message by the id given here.
        with open(path, "w", encoding="ascii") as out:
            for index, key in enumerate(reports.fresh_ids(count)):
                hook = index % hooks
                body = json.dumps({
                    "ApiKey": "sandbox-key", "SecretKey": "sandbox-secret", "SmsType": "2", "Brandname": "Baotrixemay",
                    "Phone": f"090{index % 10000:04d}123", "Content": "Cam on quy khach da mua hang", "RequestId": key,
                    "CallbackUrl": f"http://127.0.0.1:{self.sink_port}/h{hook}?SMSID={key}"}, separators=(",", ":"))
                out.write(f"{key}\t{hook}\t{PATH}\t{body}\n")
        return None


def answer_times(path, warm_up):
    """Milliseconds from due to answered of every send after the warm-up, sorted."""
    records = [ANSWER.unpack_from(data, at) for data in [path.read_bytes()] for at in range(0, len(data), ANSWER.size)]
    opens = min(due for _, _, due, _ in records) + int(warm_up * 1e9)
    return sorted((at - due) / 1e6 for _, status, due, at in records if due >= opens and status == 200)


def share(values, part):
    return round(values[min(len(values) - 1, int(len(values) * part))], 1)


def run(session, chosen):
    rounds = []
    contender = session.started[0]
    for number in range(1, chosen.rounds + 1):
        figures = measure.measure(contender, session.sink, session.memory, 50, chosen.rate, number == 1, chosen.seconds, 0)
        times = answer_times(session.memory / "answers", contender.warm_up[0 if number == 1 else 1])
        one = {
            "round": number, "sends": len(times), "p50Ms": share(times, 0.5), "p99Ms": share(times, 0.99), "maxMs": round(times[-1], 1),
            "callbacksPerSecond": figures["reportsPerSecond"], "lost": figures["lost"], "duplicated": figures["duplicated"],
            "refused": figures["refused"] + figures["broken"], "cpuMicrosPerSend": figures["cpuMicrosPerReport"],
            "otherCores": figures["otherCores"], "stealCores": figures["stealCores"],
        }
        rounds.append(one)
        print(f"round {number}: {one['sends']} sends answered, p50 {one['p50Ms']} ms, p99 {one['p99Ms']} ms, longest {one['maxMs']} ms; "
              f"{one['callbacksPerSecond']} callbacks a second, {one['lost']} lost, {one['duplicated']} doubled; "
              f"{one['cpuMicrosPerSend']:.0f} µs of CPU a send; others used {one['otherCores']} core, steal {one['stealCores']}", flush=True)
    return rounds


def main():
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    session = compare.Session()
    try:
        measure.build_native()
        session.sink = measure.Sink(session.memory)
        contender = Sends("hub-sqlite")
        contender.prepare()
        work = session.folder / "sends"
        work.mkdir(mode=0o755)
        session.started.append(contender)
        contender.start(work, session.sink.port)
        rounds = run(session, chosen)
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        session.stop()
    median = sorted(r["p99Ms"] for r in rounds)[len(rounds) // 2]
    verdict = "within" if median <= TARGET_MS else "above"
    print(f"median of the rounds' p99: {median} ms at {chosen.rate} sends a second, {verdict} {TARGET_MS} ms")
    if chosen.json:
        result = {"machine": machine.describe(), "rate": chosen.rate, "seconds": chosen.seconds, "medianP99Ms": median, "rounds": rounds}
        pathlib.Path(chosen.json).write_text(json.dumps(result, indent=1) + "\n")
    return 1 if any(r["lost"] or r["refused"] for r in rounds) else 0


if __name__ == "__main__":
    sys.exit(main())
