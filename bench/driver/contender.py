"""What the driver asks of a contender, and the small tools that every adapter uses.

An adapter is bench/contenders/NAME/adapter.py with one class `Adapter(Contender)`. It is prepared and started once,
lives through all rounds, and is asked for fresh ids before each run.
"""

import importlib.util
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

BENCH = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
BUILD = BENCH / ".build"


class Unavailable(Exception):
    """This contender cannot run here; the text says why, and it is skipped and named."""


class Contender:
    durable = False
    warm_up = (15, 4)
    """Seconds of load before the window: in the contender's first run, and in later ones (it stays up between them)."""
    guess = 3000
    """Reports a second that its first run is given ids for; later runs go by what was seen."""
    is_fresh = False
    """True for one that is started anew before each round, because what earlier rounds left in it would count against it."""
    headers = ""
    """Header lines that the generator adds, each ended by CR LF."""
    settings = ""
    """One sentence for the results: what it is and how it is set."""

    def __init__(self, name):
        self.name = name
        self.folder = BENCH / "contenders" / name
        self.processes = []
        self.port = 0
        self.work = None
        self.sink_port = 0
        self.ring = None
        self.log = None

    def prepare(self):
        """Installs and builds what the contender needs, or raises Unavailable."""

    def start(self, work, sink_port):
        """Starts it on 127.0.0.1 with all its files in `work`; returns when it takes reports on `self.port`."""
        self.work, self.sink_port = work, sink_port

    def ids(self, count, hooks, path):
        """Writes an ids file (key, hook, path, body) of `count` reports that will be accepted; may return facts."""
        raise NotImplementedError

    def stored_bytes(self):
        """Size of what it keeps on disk, or None where that says nothing."""
        return None

    def ports(self):
        """Where it takes reports; connections are spread over all of them."""
        return [self.port]

    def counters(self):
        """Counters of its store that only grow, by name; each becomes a figure per report."""
        return {}

    def stop(self):
        for process in reversed(self.processes):
            end_process(process)
        self.processes = []

    def pids(self):
        return [p.pid for p in self.processes]

    def spawn(self, command, **options):
        """Starts a process of this contender; its output goes to a log beside its data."""
        if self.log is None:
            self.log = open(self.work / "log.txt", "ab")
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            start_new_session=True, **options)
        self.processes.append(process)
        return process

    def wait_http(self, url, seconds=30):
        """Until the URL answers anything at all over HTTP."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if any(p.poll() is not None for p in self.processes):
                break
            try:
                urllib.request.urlopen(url, timeout=2).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise Unavailable(f"{self.name} did not start: {self.log_tail()}")

    def wait_port(self, port, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if any(p.poll() is not None for p in self.processes):
                break
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise Unavailable(f"{self.name} did not start: {self.log_tail()}")

    def log_tail(self):
        try:
            text = (self.work / "log.txt").read_text(errors="replace").strip()
        except OSError:
            return "no log"
        return " | ".join(text.splitlines()[-6:]) or "empty log"


def load(name):
    source = BENCH / "contenders" / name / "adapter.py"
    if not source.exists():
        known = sorted(p.parent.name for p in (BENCH / "contenders").glob("*/adapter.py"))
        sys.exit(f"There is no contender '{name}'. Known: {', '.join(known)}.")
    spec = importlib.util.spec_from_file_location("adapter_" + name.replace("-", "_"), source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Adapter(name)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def end_process(process, seconds=20):
    """Asks the process to end, then ends what is left of its session (its own children, and nobody else's)."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def run(command, what, cwd=None, env=None, seconds=600):
    """Runs a build or install step; Unavailable with its last lines when it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=cwd, env=env, timeout=seconds, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{what}: {error}") from error
    if done.returncode != 0:
        tail = " | ".join(done.stdout.strip().splitlines()[-4:])
        raise Unavailable(f"{what} failed: {tail}")
    return done.stdout


POLICY = pathlib.Path("/usr/sbin/policy-rc.d")
_updated = False


def debian(packages, proof):
    """Installs Debian packages unless `proof` (a program) is there. Their services are kept from starting."""
    global _updated
    if find_program(proof):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Unavailable(f"needs the Debian package{'s' if len(packages) > 1 else ''} {' '.join(packages)}; "
                          "run as root on Debian or Ubuntu, or install by hand")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    if not _updated:
        run(["apt-get", "update", "-q"], "apt-get update", env=env)
        _updated = True
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], "apt-get install", env=env)
    finally:
        if ours:
            POLICY.unlink()
    if not find_program(proof):
        raise Unavailable(f"{proof} is missing although {' '.join(packages)} is installed")


def find_program(name):
    extra = [str(p) for p in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    return shutil.which(name, path=os.pathsep.join(
        [os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/lib/rabbitmq/bin", *extra]))


def dotnet_build(folder):
    """Builds the contender's project and returns the path of its program."""
    if not shutil.which("dotnet"):
        raise Unavailable("needs the .NET 10 SDK")
    project = next(folder.glob("*.csproj"))
    output = BUILD / "publish" / folder.name
    run(["dotnet", "publish", project, "-c", "Release", "-o", output, "--nologo", "-v", "quiet"], f"dotnet publish {project.name}")
    return output / project.stem


def dotnet_env(**more):
    """The environment of a .NET contender: nothing inherited may change its runtime's settings."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DOTNET_", "COMPlus_", "ASPNETCORE_")) or k == "DOTNET_ROOT"}
    env.update(DOTNET_CLI_TELEMETRY_OPTOUT="1", DOTNET_NOLOGO="1", **more)
    return env
