"""The hub on a PostgreSQL cluster of its own, the same one that the Quartz contender gets."""

import importlib.util
import subprocess

from contender import BENCH, Unavailable, find_program


def _load(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_") + "_adapter", BENCH / "contenders" / name / "adapter.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hub = _load("hub-sqlite")
postgres = _load("quartz-postgres")


class Adapter(hub.Adapter):
    guess = 9000
    settings = ("This hub, Release build, on Debian's PostgreSQL with shared_buffers 256 MB and otherwise default durability; accounts and "
                "registration as hub-sqlite. CPU and memory include the database's.")

    def prepare(self):
        super().prepare()
        told = subprocess.run([self.program, "serve", "--help"], capture_output=True, text=True, timeout=60, check=False).stdout
        if "--postgres" not in told:
            raise Unavailable("this build of the hub has no --postgres yet")
        postgres.PostgresCluster.prepare()

    def store_options(self):
        self.database = postgres.PostgresCluster(self)
        return ["--postgres", self.database.connection_string()]

    def stored_bytes(self):
        told = subprocess.run(
            [find_program("psql"), "-h", "127.0.0.1", "-p", str(self.database.port), "-U", "bench", "-d", "bench", "-Atc",
             "SELECT pg_database_size('bench')"], capture_output=True, text=True, timeout=60, check=False)
        return int(told.stdout) if told.returncode == 0 else None
