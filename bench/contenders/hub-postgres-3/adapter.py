"""Three hubs on one PostgreSQL cluster, the load spread over the three: what a cluster costs on the same cores."""

import importlib.util

from contender import BENCH

_spec = importlib.util.spec_from_file_location("hub_postgres_adapter", BENCH / "contenders" / "hub-postgres" / "adapter.py")
one = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(one)


class Adapter(one.Adapter):
    nodes = 3
    settings = ("hub-postgres with three hub processes on the one database; the generator's connections are spread over their three ports. "
                "Limits of a hook are divided by the nodes. CPU and memory are of all three and the database.")
