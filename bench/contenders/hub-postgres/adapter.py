"""The hub on a PostgreSQL cluster of its own, the same one that the Quartz contender gets."""

import importlib.util
import subprocess
import time

from contender import BENCH, Unavailable, dotnet_env, find_program, free_port


def _load(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_") + "_adapter", BENCH / "contenders" / name / "adapter.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hub = _load("hub-sqlite")
postgres = _load("quartz-postgres")


class Adapter(hub.Adapter):
    nodes = 1
    guess = 9000
    settings = ("This hub, Release build, on Debian's PostgreSQL with shared_buffers 256 MB and otherwise default durability; accounts and "
                "registration as hub-sqlite. CPU and memory include the database's.")

    def prepare(self):
        super().prepare()
        told = subprocess.run([self.program, "serve", "--help"], capture_output=True, text=True, timeout=60, check=False).stdout
        if "--postgres" not in told:
            raise Unavailable("this build of the hub has no --postgres yet")
        postgres.PostgresCluster.prepare()

    def start(self, work, sink_port):
        super().start(work, sink_port)
        self.node_ports = [self.port]
        for number in range(2, self.nodes + 1):
            self._add_node(work / f"data-{number}")
        if self.nodes > 1:
            # What the first node was told is in force on the others within a second.
            time.sleep(2)

    def _add_node(self, data):
        data.mkdir(mode=0o700)
        port = free_port()
        self.spawn([self.program, "serve", "--urls", f"http://127.0.0.1:{port}", "--data", data, "--admin-token", hub.TOKEN, "--no-sandbox",
                    "--postgres", self.database.connection_string()], cwd=self.work, env=dotnet_env())
        self.wait_http(f"http://127.0.0.1:{port}/readyz", seconds=60)
        self.node_ports.append(port)

    def ports(self):
        return self.node_ports

    def store_options(self):
        self.database = postgres.PostgresCluster(self)
        return ["--postgres", self.database.connection_string()]

    def stored_bytes(self):
        told = self._sql("SELECT pg_database_size('bench')")
        return int(told) if told else None

    def counters(self):
        # Sessions hand in their counts a second after they counted, at most.
        time.sleep(1.5)
        told = self._sql("SELECT d.xact_commit, w.wal_sync, w.wal_bytes, w.wal_fpi FROM pg_stat_database d, pg_stat_wal w WHERE d.datname = 'bench'")
        return dict(zip(("commits", "syncs", "walBytes", "pageImages"), map(int, told.split("|")))) if told else {}

    def _sql(self, sql):
        told = subprocess.run(
            [find_program("psql"), "-h", "127.0.0.1", "-p", str(self.database.port), "-U", "bench", "-d", "bench", "-Atc", sql],
            capture_output=True, text=True, timeout=60, check=False)
        return told.stdout.strip() if told.returncode == 0 else None
