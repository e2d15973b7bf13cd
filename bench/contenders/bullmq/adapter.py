"""BullMQ on Redis that syncs every write: a Node process takes the reports, another one delivers them."""

import os
import shutil

from contender import BUILD, Contender, Unavailable, debian, find_program, free_port, run
import reports


class Adapter(Contender):
    durable = True
    guess = 3000
    settings = ("BullMQ 6.7.0, Node ingest and Node worker (concurrency 64), Debian's Redis with `appendonly yes`, `appendfsync always`, "
                "no snapshots; a report is answered when its job is on disk; 6 attempts, exponential backoff from 5 s.")

    def prepare(self):
        debian(["redis-server"], "redis-server")
        if not shutil.which("npm"):
            raise Unavailable("needs Node.js and npm")
        self.code = BUILD / "bullmq"
        self.code.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", ".npmrc", "ingest.mjs", "worker.mjs"):
            shutil.copyfile(self.folder / name, self.code / name)
        lock = (self.code / "package-lock.json").read_text()
        done = self.code / "installed-lock.json"
        if not done.exists() or done.read_text() != lock:
            run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "npm ci", cwd=self.code)
            done.write_text(lock)

    def start(self, work, sink_port):
        super().start(work, sink_port)
        self.port, redis = free_port(), free_port()
        self.spawn([find_program("redis-server"), "--port", redis, "--bind", "127.0.0.1", "--dir", work, "--appendonly", "yes",
                    "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction", "--loglevel", "warning"])
        self.wait_port(redis)
        env = dict(os.environ, NODE_ENV="production")
        self.spawn(["node", self.code / "ingest.mjs", self.port, redis], env=env)
        self.spawn(["node", self.code / "worker.mjs", redis, sink_port], env=env)
        self.wait_port(self.port)

    def ids(self, count, hooks, path):
        reports.write_plain(count, hooks, path)
