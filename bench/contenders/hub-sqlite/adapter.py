"""The hub itself with its embedded store, used as a customer and a vendor use it: everything goes through its public surface.

A report must belong to a message, so before each run the messages are registered through the batch call, outside the window.
"""

import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import sqlite3
import time
import urllib.request

from contender import BUILD, ROOT, Contender, Unavailable, dotnet_env, free_port, run
import reports

TOKEN = "bench-admin-token-0123456789"
VENDOR_KEY = "bench-vendor-key-0123456789"
BATCH_ROWS = 1000
"""The contract's limit of one batch."""
WRITERS = 2
HOOKS = 50


class Adapter(Contender):
    durable = True
    guess = 12000
    headers = f"API-KEY: {VENDOR_KEY}\r\n"
    settings = ("This hub, Release build, embedded SQLite store with default settings, fsync before every answer; 50 accounts with a hook each "
                "(1 hook: one account), `maxConcurrency` 64; messages registered beforehand in batches of 1,000.")

    def prepare(self):
        self.program = os.environ.get("HOIAM_BENCH_HUB")
        if self.program:
            return
        source = ROOT / "src" / "HoiAm.Cli" / "HoiAm.Cli.csproj"
        if not shutil.which("dotnet"):
            raise Unavailable("needs the .NET 10 SDK")
        output = BUILD / "publish" / "hub"
        run(["dotnet", "publish", source, "-c", "Release", "-o", output, "--nologo", "-v", "quiet"], "dotnet publish HoiAm.Cli")
        self.program = output / "hoiam"

    def store_options(self):
        return []

    def start(self, work, sink_port):
        super().start(work, sink_port)
        self.port, self.data = free_port(), work / "data"
        # A folder that is there already is a store that goes on.
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.serve()
        with Admin(self.port) as admin:
            admin.json("PUT", "/admin/v1/vendors/bench", {"apiKey": VENDOR_KEY})
            for hook in range(HOOKS):
                self._account(admin, f"bench-{hook}", hook)
            self._account(admin, "bench-one", 0)

    def serve(self):
        """Starts the process on its folder and waits until it is ready; seconds that took."""
        began = time.monotonic()
        self.spawn([self.program, "serve", "--urls", f"http://127.0.0.1:{self.port}", "--data", self.data, "--admin-token", TOKEN,
                    "--no-sandbox", *self.store_options()], cwd=self.work, env=dotnet_env())
        self._wait_ready()
        return time.monotonic() - began

    def end(self):
        """Ends the process in good order; its folder stays."""
        process = self.processes.pop()
        process.terminate()
        process.wait(timeout=120)

    def counters(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            told = re.search(r"^hoiam_ledger_commits_total (\d+)$", answer.read().decode(), re.MULTILINE)
        return {"commits": int(told.group(1))} if told else {}

    def _account(self, admin, name, hook):
        admin.json("PUT", f"/admin/v1/accounts/{name}", {
            "apiKey": f"key-of-{name}-0123456789", "secretKey": f"secret-of-{name}-0123456789", "allowPrivateHooks": True,
            "callbackUrl": f"http://127.0.0.1:{self.sink_port}/h{hook}", "maxConcurrency": 64})

    def _wait_ready(self):
        self.wait_http(f"http://127.0.0.1:{self.port}/healthz", seconds=120)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with Admin(self.port) as admin:
                if admin.status("GET", "/readyz") == 200:
                    return
            time.sleep(0.05)
        raise Unavailable(f"the hub did not become ready: {self.log_tail()}")

    def ids(self, count, hooks, path):
        referents = reports.fresh_ids(count)
        began = time.monotonic()
        starts = range(0, count, BATCH_ROWS)
        with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
            answers = list(pool.map(lambda start: self._register(start, referents[start:start + BATCH_ROWS], hooks), starts))
        seconds = time.monotonic() - began
        sms_ids = [one for answer in answers for one in answer]
        with open(path, "w", encoding="ascii") as out:
            for index, (referent, sms_id) in enumerate(zip(referents, sms_ids)):
                hook = index % hooks
                body = reports.body(referent, "v" + referent[-12:], reports.subscriber(index, hook))
                out.write(f"{sms_id}\t{hook}\t{reports.REPORT_PATH}\t{body}\n")
        return {"registrationRowsPerSecond": round(count / seconds)}

    def _register(self, start, referents, hooks):
        rows = []
        for offset, referent in enumerate(referents):
            hook = (start + offset) % hooks
            rows.append(json.dumps({
                "account": "bench-one" if hooks == 1 else f"bench-{hook}", "typeId": 2, "requestId": "r" + referent[-12:],
                "vendor": "bench", "vendorRequestId": "v" + referent[-12:], "referentId": referent,
                "recipients": [{"phone": "0" + reports.subscriber(start + offset, hook), "price": 400, "telcoId": 2}],
            }, separators=(",", ":")))
        with Admin(self.port) as admin:
            text = admin.send("POST", "/admin/v1/messages/batch", "\n".join(rows) + "\n", "application/x-ndjson")
        answers = [json.loads(line) for line in text.splitlines() if line.strip()]
        bad = next((a for a in answers if "smsId" not in a), None)
        if bad is not None or len(answers) != len(rows):
            raise Unavailable(f"the hub registered not all of a batch: {len(answers)} of {len(rows)} rows answered, {bad}")
        return [a["smsId"] for a in answers]

    def stored_bytes(self):
        """What the store holds; pages not yet copied from the write-ahead log count as copied, the reused log itself not."""
        total = 0
        for file in pathlib.Path(self.data).rglob("*"):
            if not file.is_file() or file.name.endswith(("-wal", "-shm")):
                continue
            with open(file, "rb") as f:
                database = f.read(15) == b"SQLite format 3"
            total += _pages(file) if database else file.stat().st_size
        return total


def _pages(file):
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
    try:
        pages, free, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size"))
    finally:
        connection.close()
    return (pages - free) * size


class Admin:
    """A keep-alive connection to the admin API."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def _exchange(self, method, path, body, media):
        headers = {"Authorization": f"Bearer {TOKEN}"} | ({"Content-Type": media} if body is not None else {})
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError as error:
            raise Unavailable(f"{method} {path}: {error}") from error

    def status(self, method, path):
        return self._exchange(method, path, None, None)[0]

    def send(self, method, path, body, media):
        status, text = self._exchange(method, path, body, media)
        if not 200 <= status < 300:
            raise Unavailable(f"{method} {path} answered {status}: {text[:300]}")
        return text

    def json(self, method, path, value):
        return self.send(method, path, json.dumps(value), "application/json")
