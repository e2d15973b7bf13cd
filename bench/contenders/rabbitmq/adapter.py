"""RabbitMQ with what its guides recommend for data that must not be lost: a quorum queue, confirms, manual acknowledgement."""

import os

from contender import Contender, debian, dotnet_build, dotnet_env, find_program, free_port
import reports

# One scheduler per core, and no busy waiting: Erlang's default spins on cores that everybody here shares.
CONFIG = """
listeners.tcp.1 = 127.0.0.1:{amqp}
loopback_users.guest = true
log.file = false
log.console = true
log.console.level = error
vm_memory_high_watermark.relative = 0.4
disk_free_limit.absolute = 50MB
"""


class Adapter(Contender):
    durable = True
    guess = 8000
    settings = ("Debian's RabbitMQ, one quorum queue, publisher confirms (64 channels), manual acknowledgement, prefetch 256, 64 concurrent "
                "GETs; ingest and consumer in one .NET process with RabbitMQ.Client 7.1.2; schedulers without busy wait.")

    def prepare(self):
        debian(["rabbitmq-server"], "rabbitmq-server")
        self.program = dotnet_build(self.folder)

    def start(self, work, sink_port):
        super().start(work, sink_port)
        amqp, distribution, names, self.port = (free_port() for _ in range(4))
        home = work / "home"
        for folder in (home, work / "db", work / "log"):
            folder.mkdir()
        (work / "rabbitmq.conf").write_text(CONFIG.format(amqp=amqp))
        (work / "plugins").write_text("[].\n")
        env = dict(
            os.environ, HOME=str(home), ERL_EPMD_PORT=str(names), ERL_EPMD_ADDRESS="127.0.0.1",
            RABBITMQ_NODENAME=f"bench{amqp}@localhost", RABBITMQ_DIST_PORT=str(distribution), RABBITMQ_MNESIA_BASE=str(work / "db"),
            RABBITMQ_LOG_BASE=str(work / "log"), RABBITMQ_CONFIG_FILE=str(work / "rabbitmq"), RABBITMQ_ENABLED_PLUGINS_FILE=str(work / "plugins"),
            RABBITMQ_PID_FILE=str(work / "pid"), RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+sbwt none +sbwtdcpu none +sbwtdio none "
            "-kernel inet_dist_use_interface {127,0,0,1}")
        self.spawn([find_program("epmd"), "-address", "127.0.0.1", "-port", names], env=env)
        self.wait_port(names)
        self.spawn(["/usr/lib/rabbitmq/bin/rabbitmq-server"], env=env)
        self.wait_port(amqp, seconds=90)
        self.spawn([self.program, f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{sink_port}/h", f"amqp://guest:guest@127.0.0.1:{amqp}/"],
                   env=dotnet_env())
        self.wait_http(f"http://127.0.0.1:{self.port}/")

    def ids(self, count, hooks, path):
        reports.write_plain(count, hooks, path)
