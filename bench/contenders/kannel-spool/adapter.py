"""Kannel with what it can keep on disk: the DLR table and the message store as spool files."""

import importlib.util

from contender import BENCH

_spec = importlib.util.spec_from_file_location("kannel_adapter", BENCH / "contenders" / "kannel" / "adapter.py")
kannel = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(kannel)


class Adapter(kannel.Adapter):
    durable = True
    is_fresh = False
    guess = 2500
    settings = "As kannel, with `dlr-storage = spool` and `store-type = spool` (a file per entry)."

    def storage(self):
        for name in ("dlr", "store"):
            (self.work / name).mkdir()
        return (f'dlr-storage = spool\ndlr-spool = "{self.work}/dlr"\n'
                f'store-type = spool\nstore-location = "{self.work}/store"')
