"""The work itself: vendor reports in the shape of the INTERITS page, and the ids files that the native tools read."""

import itertools
import os
import time

REPORT_PATH = "/api/vendor/v1/sms/callback"

_serial = itertools.count(1)
_session = f"{int(time.time() * 1000):012x}{os.getpid() & 0xffff:04x}"


def fresh_ids(count):
    """Ids that no other run of this session uses: 32 hexadecimal digits, ordered by time as real ones are."""
    run = f"{next(_serial):06x}"
    return [f"{_session}{run}{i:010x}" for i in range(count)]


def subscriber(index, hook):
    """Nine digits after the country code; the last two name the hook, which is how contenders without accounts route."""
    return f"90{index // 100 % 100000:05d}{hook:02d}"


def body(referent, request, number):
    return ('{"msisdn":"84%s","requestId":"%s","sendTime":"2026-03-02T08:15:30Z","responseTimeTelco":"2026-03-02T08:15:31Z",'
            '"status":2,"referentId":"%s","retryCount":0}' % (number, request, referent))


def write_plain(count, hooks, path):
    """Ids for a contender that keeps no messages: the report's referentId comes out as SMSID."""
    with open(path, "w", encoding="ascii") as out:
        for index, key in enumerate(fresh_ids(count)):
            hook = index % hooks
            out.write(f"{key}\t{hook}\t{REPORT_PATH}\t{body(key, 'r' + key[-12:], subscriber(index, hook))}\n")
