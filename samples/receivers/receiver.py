"""Receives status callbacks of a HoiAm hub with Python's standard library alone: checks the signature, takes each callback once.

    SIGNING_SECRET=... python3 receiver.py            # listens on 127.0.0.1:8701, PORT chooses another port

Each callback becomes a line of states.ndjson (STATES chooses another file); the answer is 200 only after that line is on the disk.
"""
import base64
import binascii
import hashlib
import hmac
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

STATES = os.environ.get("STATES", "states.ndjson")
TOLERANCE_SECONDS = 300
LONGEST = 64 * 1024


def key_of(secret):
    """whsec_ and base64, or any other text as it stands."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret[len("whsec_"):], validate=True)
        except binascii.Error:
            pass
    return secret.encode()


# While a secret is being changed, SIGNING_SECRET_OLD is the one before.
KEYS = [key_of(os.environ[name]) for name in ("SIGNING_SECRET", "SIGNING_SECRET_OLD") if os.environ.get(name)]


def verdict(payload, message_id, timestamp, signature, keys=KEYS, now=None):
    """Valid, Missing, Malformed, TooOld, TooNew or Mismatch. The payload of a GET is the path and query exactly as sent."""
    if not message_id or not timestamp or not signature:
        return "Missing"
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 11:
        return "Malformed"
    content = f"{message_id}.{timestamp}.".encode() + payload
    expected = [b"v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()) for key in keys]
    given = [part.encode("latin-1", "replace") for part in signature.split(" ")]
    if not any([hmac.compare_digest(one, other) for one in expected for other in given]):
        return "Mismatch"
    age = (time.time() if now is None else now) - int(timestamp)
    return "TooOld" if age > TOLERANCE_SECONDS else "TooNew" if age < -TOLERANCE_SECONDS else "Valid"


class Journal:
    """One line for each callback, and the ids of all of them in memory, so that a repeat is recognised, also after a restart."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.seen = set()
        self.file = open(path, "a+b", buffering=0)
        self.file.seek(0)
        whole = 0
        for line in self.file.read().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break  # torn by a crash, and never acknowledged
            self.seen.add(json.loads(line)["id"])
            whole += len(line)
        self.file.truncate(whole)

    def keep(self, callback):
        with self.lock:
            if callback["id"] in self.seen:
                return
            self.file.write(json.dumps(callback).encode() + b"\n")
            os.fsync(self.file.fileno())  # from here on it may be acknowledged
            self.seen.add(callback["id"])


class Hook(BaseHTTPRequestHandler):
    # The hub keeps connections; with 1.0 each would end behind its answer, and a POST that is on its way just then would be lost.
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.take(self.path.encode("latin-1"), parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST:
            self.close_connection = True  # what was not read must not pass for the next request
            return self.answer(413, "too long")
        body = self.rfile.read(length)
        if "json" in (self.headers.get("Content-Type") or ""):
            try:
                pairs = list(json.loads(body).items())
            except (ValueError, AttributeError):
                pairs = []
        else:
            pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        self.take(body, pairs)

    def take(self, payload, pairs):
        message_id = self.headers.get("webhook-id")
        result = verdict(payload, message_id, self.headers.get("webhook-timestamp"), self.headers.get("webhook-signature"))
        if result != "Valid":
            return self.answer(401, result)
        fields = {name.lower(): value for name, value in pairs}
        if not fields.get("smsid"):
            return self.answer(400, "no SMSID")
        journal.keep({"id": message_id, "smsId": fields["smsid"], "status": fields.get("sendstatus"), "success": fields.get("sendsuccess")})
        self.answer(200, "OK")

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass  # the query bears people's numbers


if __name__ == "__main__":
    journal = Journal(STATES)
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8701"))), Hook).serve_forever()
