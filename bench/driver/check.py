"""Proves that the instruments see what they are there to see: `python3 bench/driver/check.py`, a few seconds.

A tiny relay that loses, doubles and misroutes known reports is measured; the joiner must name exactly those.
"""

import http.client
import http.server
import json
import pathlib
import sys
import tempfile
import threading
import time

import measure
import reports
from contender import BUILD, run

COUNT, HOOKS = 1000, 50


class FaultyRelay(http.server.BaseHTTPRequestHandler):
    """Report n: every 100th is answered and dropped, every 50th after it sent twice, every 70th sent to the wrong hook."""

    protocol_version = "HTTP/1.1"
    sink_port = 0
    lock = threading.Lock()
    ports = set()
    expected = {"lost": 0, "duplicated": 0, "misrouted": 0, "refused": 0}

    def do_POST(self):
        self.ports.add(self.server.server_port)
        report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number, hook, times, status = int(report["referentId"][-10:], 16), int(report["msisdn"][-2:]), 1, 200
        if number % 100 == 1:
            times, kind = 0, "lost"
        elif number % 50 == 2:
            times, kind = 2, "duplicated"
        elif number % 70 == 3:
            hook, kind = (hook + 1) % HOOKS, "misrouted"
        elif number % 90 == 4:
            times, status, kind = 0, 503, "refused"
        else:
            kind = None
        if kind:
            with self.lock:
                self.expected[kind] += 1
        for _ in range(times):
            connection = http.client.HTTPConnection("127.0.0.1", self.sink_port)
            connection.request("GET", f"/h{hook}?SMSID={report['referentId']}&SendStatus=5")
            connection.getresponse().read()
            connection.close()
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


def main():
    measure.build_native()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sink = measure.Sink(folder)
        FaultyRelay.sink_port = sink.port
        servers = [Server(("127.0.0.1", 0), FaultyRelay) for _ in range(2)]
        for server in servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            reports.write_plain(COUNT, HOOKS, folder / "ids")
            sent = json.loads(run(
                [BUILD / "native" / "loadgen", "--port", ",".join(str(s.server_port) for s in servers), "--ids", folder / "ids", "--out", folder / "answers",
                 "--ring", sink.ring, "--connections", 8, "--seconds", 30], "loadgen").splitlines()[-1])
            time.sleep(0.2)
            verdict = json.loads(run(
                [BUILD / "native" / "joiner", "--ids", folder / "ids", "--answers", folder / "answers", "--ring", sink.ring], "joiner"))
        finally:
            for server in servers:
                server.shutdown()
            sink.stop()
    expected = FaultyRelay.expected
    seen = {name: verdict.get(name, sent.get(name)) for name in expected}
    ends = {"sent": sent["sent"], "accepted": verdict["accepted"], "strangers": verdict["strangers"]}
    wanted = {"sent": COUNT, "accepted": COUNT - expected["refused"], "strangers": 0}
    good = seen == expected and ends == wanted and all(expected.values()) and len(FaultyRelay.ports) == 2
    print(f"{'as expected' if good else 'WRONG'}: {seen} {ends}" + ("" if good else f", expected {expected} {wanted}"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
