"""Kannel 1.4: a report comes in at an HTTP SMSC, is looked up in the DLR table, and Kannel GETs the message's dlr-url.

Kannel only forwards reports of messages that it sent itself, so before each run the messages are sent through `sendsms` to the
sink, which stands in for the telco and answers with the id. That is not part of the window. Kannel cannot bind an SMSC's port to one
address; `connect-allow-ip` makes it refuse everybody but this machine.
"""

import json
import time
import urllib.parse

from contender import BUILD, Contender, Unavailable, debian, find_program, free_port, run
import reports

CONFIG = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {secret}
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
{storage}

group = smsc
smsc = http
smsc-id = telco
system-type = generic
port = {reports}
connect-allow-ip = 127.0.0.1
send-url = "http://127.0.0.1:{sink}/mt?id=%b"
status-success-regex = "^OK:"
generic-foreign-id-regex = "^OK:(.+)"
generic-status-sent = 200
generic-status-error = 422
max-pending-submits = 256

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {send}
sendsms-interface = 127.0.0.1
max-pending-requests = 512
http-timeout = 10
http-request-retry = 5
http-queue-delay = 5

group = sendsms-user
username = bench
password = {secret}
max-messages = 1
concatenation = false
"""


class Adapter(Contender):
    warm_up = (3, 2)
    is_fresh = True
    guess = 4500
    first_storage = "dlr-storage = internal"
    settings = ("Debian's kannel, generic HTTP SMSC, `dlr-storage = internal` (memory), no message store, 512 pending requests, "
                "HTTP time-out 10 s with 5 retries; messages sent through `sendsms` beforehand; started anew before each round, because it "
                "searches its table from end to end.")

    def prepare(self):
        debian(["kannel"], "bearerbox")

    def storage(self):
        return self.first_storage

    def start(self, work, sink_port):
        super().start(work, sink_port)
        self.port, self.send, box, admin = (free_port() for _ in range(4))
        config = work / "kannel.conf"
        config.write_text(CONFIG.format(admin=admin, box=box, reports=self.port, send=self.send, sink=sink_port, secret="bench-only",
                                        storage=self.storage()))
        self.spawn([find_program("bearerbox"), "-v", "3", config])
        self.wait_port(box)
        self.wait_port(self.port)
        self.spawn([find_program("smsbox"), "-v", "3", config])
        self.wait_port(self.send)

    def ids(self, count, hooks, path):
        """Sends the messages; a report of a message that Kannel did not hand to the telco would not be accepted."""
        submissions = path.with_name("submissions")
        with open(path, "w", encoding="ascii") as out, open(submissions, "w", encoding="ascii") as send:
            for index, key in enumerate(reports.fresh_ids(count)):
                hook = index % hooks
                number = reports.subscriber(index, hook)
                out.write(f"{key}\t{hook}\t/?dlr-mask=1&dlr-mid={key}&to=84{number}&text=delivered&requestId=r{key[-12:]}"
                          "&sendTime=2026-03-02T08:15:30Z&responseTimeTelco=2026-03-02T08:15:31Z&status=2&retryCount=0\t\n")
                target = (f"http://127.0.0.1:{self.sink_port}/h{hook}?SMSID={key}&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=400.0000"
                          f"&TotalReceiver=1&TotalSent=1&RequestId=r{key[-12:]}&TypeId=2&telcoid=2&phonenumber=0{number}&switchsmsid=")
                send.write(f"{key}\t0\t/cgi-bin/sendsms?user=bench&pass=bench-only&from=HoiAm&to=84{number}&text={key}&dlr-mask=1&dlr-url="
                           f"{urllib.parse.quote(target, safe='')}\t\n")
        began = time.monotonic()
        self._submit(submissions, count)
        submissions.unlink()
        return {"registrationRowsPerSecond": round(count / (time.monotonic() - began))}

    def _submit(self, submissions, count):
        before = self._submitted()
        sent = json.loads(run(
            [BUILD / "native" / "loadgen", "--port", self.send, "--ids", submissions, "--out", submissions.with_suffix(".out"),
             "--connections", "32", "--backlog", count, "--seconds", "300"], "registering messages with Kannel").splitlines()[-1])
        if sent["accepted"] != count:
            raise Unavailable(f"Kannel took {sent['accepted']} of {count} messages: {self.log_tail()}")
        deadline = time.monotonic() + 120
        while self._submitted() - before < count:
            if time.monotonic() > deadline:
                raise Unavailable(f"Kannel handed {self._submitted() - before} of {count} messages to the telco: {self.log_tail()}")
            time.sleep(0.1)

    def _submitted(self):
        with open(self.ring, "rb") as f:
            return int.from_bytes(f.read(16)[8:], "little")
