"""./bench/compare: runs every contender on the same work, interleaved, and shows what came out."""

import argparse
import datetime
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import traceback

import machine
import measure
import present
import summary
from contender import BENCH, ROOT, Unavailable, load

ALL = ["relay", "hub-sqlite", "hub-postgres", "kannel", "kannel-spool", "rabbitmq", "bullmq", "quartz-postgres"]
BESIDES = ["hub-postgres-3"]
DEFAULT_BUDGET_SECONDS = 24 * 60
FULL_BUDGET_SECONDS = 4 * 60 * 60


def options():
    parser = argparse.ArgumentParser(
        prog="bench/compare", description="Side-by-side benchmark of delivery-report forwarding: the hub and its peers.")
    parser.add_argument("--seconds", type=int, default=8, help="measured seconds per contender and round (default 8)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (default 3)")
    parser.add_argument("--contenders", default=",".join(ALL),
                        help="comma-separated; default: " + ",".join(ALL) + "; besides: " + ",".join(BESIDES))
    parser.add_argument("--full", action="store_true", help="also 1 hook, half load and 500 reports a second")
    parser.add_argument("--rate", type=int, metavar="N", help="an even rate of N reports a second instead of saturating (and instead of --full)")
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE")
    chosen = parser.parse_args()
    if not 1 <= chosen.seconds <= 600:
        parser.error("--seconds takes 1 to 600")
    if not 1 <= chosen.rounds <= 50:
        parser.error("--rounds takes 1 to 50")
    if chosen.rate is not None and not 1 <= chosen.rate <= 100_000:
        parser.error("--rate takes 1 to 100000")
    return chosen


def say(text):
    print(text, file=sys.stderr, flush=True)


class Session:
    """The processes and files of one comparison. Everything is on 127.0.0.1 and in a private folder, removed at the end."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hoiam-bench-"))
        # Contenders that may not run as root keep their data below this folder.
        self.folder.chmod(0o711)
        # The generator's files stay out of the way of the disk that durable contenders write to.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.memory = pathlib.Path(tempfile.mkdtemp(prefix="hoiam-bench-", dir=memory))
        self.started, self.skipped, self.sink = [], {}, None

    def start(self, names):
        measure.build_native()
        self.sink = measure.Sink(self.memory)
        for name in names:
            contender = load(name)
            try:
                say(f"preparing {name} …")
                contender.prepare()
                work = self.folder / name
                work.mkdir(mode=0o755)
                self.started.append(contender)
                contender.ring = self.sink.ring
                contender.start(work, self.sink.port)
            except Unavailable as reason:
                self.drop(contender, str(reason))

    def drop(self, contender, reason):
        say(f"  skipped {contender.name}: {reason}")
        self.skipped[contender.name] = reason
        if contender in self.started:
            self.started.remove(contender)
            contender.stop()

    def stop(self):
        # A second Ctrl-C must not leave servers behind.
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_IGN)
        for contender in self.started:
            try:
                contender.stop()
            except Exception:  # One that does not stop must not keep the others from being stopped.
                traceback.print_exc()
        if self.sink:
            self.sink.stop()
        if not os.environ.get("HOIAM_BENCH_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            say(f"kept {self.folder}")
        shutil.rmtree(self.memory, ignore_errors=True)


def plan(chosen):
    """(hooks, load) in the order of a round; saturation of the same hooks comes before what is a share of it."""
    if chosen.rate:
        yield 50, f"{chosen.rate}/s"
        return
    yield 50, "saturating"
    if chosen.full:
        yield 50, "half"
        yield 50, "500/s"
        yield 1, "saturating"
        yield 1, "half"


def rate_for(load_name, saturated):
    if load_name == "saturating":
        return 0
    return max(1, round(saturated / 2)) if load_name == "half" else int(load_name.removesuffix("/s"))


def run_rounds(session, chosen, began):
    """All rounds; a contender whose run breaks is dropped, the others go on."""
    budget = FULL_BUDGET_SECONDS if chosen.full else DEFAULT_BUDGET_SECONDS
    runs, saturated, best = [], {}, {}
    total = chosen.rounds * len(session.started) * len(list(plan(chosen)))
    for number in range(1, chosen.rounds + 1):
        round_began = time.monotonic()
        for hooks, load_name in plan(chosen):
            for contender in list(session.started):
                rate = rate_for(load_name, saturated.get((contender.name, hooks), 0))
                if not chosen.rate and load_name == "500/s" and saturated.get((contender.name, hooks), 0) < 600:
                    continue
                label = f"[{len(runs) + 1}/{total}] round {number}: {contender.name}, {present.hooks_text(hooks)}, {load_name}"
                print(f"{label}: ", end="", file=sys.stderr, flush=True)
                try:
                    if contender.is_fresh and contender.name in best:
                        contender.stop()
                        contender.start(contender.work, session.sink.port)
                    figures = measure.measure(contender, session.sink, session.memory, hooks, rate, contender.name not in best,
                                              chosen.seconds, best.get(contender.name, 0))
                except Unavailable as reason:
                    say("stopped")
                    session.drop(contender, str(reason))
                    continue
                best[contender.name] = max(best.get(contender.name, 0), figures["reportsPerSecond"])
                if load_name == "saturating":
                    saturated.setdefault((contender.name, hooks), figures["reportsPerSecond"])
                runs.append({"name": contender.name, "hooks": hooks, "load": load_name, "round": number, "durable": contender.durable,
                             "targetRate": rate or None, **figures})
                say(present.one_line(runs[-1]))
        spent = time.monotonic() - began
        if number < chosen.rounds and spent + (time.monotonic() - round_began) > budget:
            say(f"stopping after round {number}: another one would not end within {budget // 60} minutes")
            break
    return runs


def main():
    chosen = options()
    names = list(dict.fromkeys(n.strip() for n in chosen.contenders.split(",") if n.strip()))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    session = Session()
    try:
        session.start(names)
        if not session.started:
            say("No contender could be started.")
            return 1
        runs = run_rounds(session, chosen, began)
        settings = {c.name: c.settings for c in session.started}
    except KeyboardInterrupt:
        return 130
    finally:
        session.stop()
    result = {
        "machine": machine.describe(),
        "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "seconds": chosen.seconds, "rounds": chosen.rounds, "connections": measure.CONNECTIONS, "backlog": measure.BACKLOG,
        "elapsedSeconds": round(time.monotonic() - began),
        "runs": runs,
        **summary.summarise(runs),
        "skipped": session.skipped, "settings": settings,
    }
    if chosen.json:
        pathlib.Path(chosen.json).write_text(json.dumps(result, indent=1) + "\n")
    print(present.terminal(result))
    present.write_results(result, BENCH / "results", ROOT)
    return 1 if any(r["failed"] for r in runs) or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
