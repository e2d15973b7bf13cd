"""Quartz.NET's PostgreSQL job store, on a PostgreSQL cluster of its own with default durability."""

import os
import pwd

from contender import Contender, Unavailable, debian, dotnet_build, dotnet_env, find_program, free_port, run
import reports


class PostgresCluster:
    """A private cluster in a temporary folder, on 127.0.0.1; PostgreSQL refuses to run as root, so root lends it a user."""

    settings = ("shared_buffers=256MB", "max_connections=200", "max_wal_size=4GB", "fsync=on", "synchronous_commit=on",
                "listen_addresses=127.0.0.1", "unix_socket_directories=", "autovacuum=on")

    @staticmethod
    def prepare():
        debian(["postgresql"], "initdb")

    def __init__(self, contender):
        self.folder = contender.work / "postgres"
        self.folder.mkdir()
        self.port = free_port()
        as_user = {}
        if os.geteuid() == 0:
            user = next((u for u in ("postgres", "nobody") if _exists(u)), None)
            if user is None:
                raise Unavailable("needs a user named postgres or nobody to run PostgreSQL as")
            os.chown(self.folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
            as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
        making = contender.spawn([find_program("initdb"), "-D", self.folder / "data", "-U", "bench", "-A", "trust", "-E", "UTF8",
                                  "--locale=C"], cwd=self.folder, **as_user)
        contender.processes.remove(making)
        if making.wait(120) != 0:
            raise Unavailable(f"initdb failed: {contender.log_tail()}")
        flags = [part for setting in (*self.settings, f"port={self.port}") for part in ("-c", setting)]
        contender.spawn([find_program("postgres"), "-D", self.folder / "data", *flags], cwd=self.folder, **as_user)
        contender.wait_port(self.port)
        run([find_program("createdb"), "-h", "127.0.0.1", "-p", self.port, "-U", "bench", "bench"], "createdb")

    def connection_string(self):
        return f"Host=127.0.0.1;Port={self.port};Username=bench;Database=bench;Maximum Pool Size=80;No Reset On Close=true"


def _exists(user):
    try:
        pwd.getpwnam(user)
        return True
    except KeyError:
        return False


class Adapter(Contender):
    durable = True
    guess = 1500
    settings = ("Quartz.NET 4.7.3 with its PostgreSQL job store (Npgsql 10.0.0, pool of 80), one durable job and a trigger per report, 64 "
                "threads, automatic acquisition batch; Debian's PostgreSQL with shared_buffers 256 MB and otherwise default durability.")

    def prepare(self):
        PostgresCluster.prepare()
        self.program = dotnet_build(self.folder)

    def start(self, work, sink_port):
        super().start(work, sink_port)
        database = PostgresCluster(self)
        self.port = free_port()
        self.spawn([self.program, f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{sink_port}/h", database.connection_string()],
                   env=dotnet_env())
        self.wait_http(f"http://127.0.0.1:{self.port}/", seconds=60)

    def ids(self, count, hooks, path):
        reports.write_plain(count, hooks, path)
