"""The denominator: a bare ASP.NET Core relay that keeps nothing."""

from contender import Contender, dotnet_build, dotnet_env, free_port
import reports


class Adapter(Contender):
    guess = 45000
    settings = ("ASP.NET Core on .NET 10, POST in, GET out, nothing kept: empty builder, `Utf8JsonReader` on the raw body, bounded channel "
                "of 4,096, 32 senders on one tuned `SocketsHttpHandler`, workstation concurrent GC, tiered PGO, no logging.")

    def prepare(self):
        self.program = dotnet_build(self.folder)

    def start(self, work, sink_port):
        super().start(work, sink_port)
        self.port = free_port()
        self.spawn([self.program, f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{sink_port}/h"], env=dotnet_env())
        self.wait_http(f"http://127.0.0.1:{self.port}/")

    def ids(self, count, hooks, path):
        reports.write_plain(count, hooks, path)
