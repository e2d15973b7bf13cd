using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoiAm.EndToEnd.Tests.Operating;

/// <summary>A report's journey, as a collector sees it.</summary>
[Collection(AloneTests.Name)]
public sealed class TraceTests
{
    private const string Phone = "0907654321";

    [Fact]
    public async Task OneJourney_IsOneTrace_AndSaysNothingThatIsSecret()
    {
        await using var collector = await Collector.StartAsync();
        await using var hook = await HookServer.StartAsync();
        await using (var hub = await HubProcess.StartAsync(options: ["--otlp-endpoint", collector.Url]))
        {
            using var admin = new AdminClient(hub.Url);
            using var vendor = new VendorClient(hub.Url, "v-vendor-key");
            await admin.AccountAsync("shop", hook.Url + "/secret-path");
            await admin.VendorAsync("v");
            await admin.MessageAsync("shop", "v", "traced", Phone);
            (await vendor.ReportAsync(Phone, "traced", 2)).Is(200);
            await Poll.UntilAsync(() => hook.Count == 1, "The callback");
            await hub.TerminateAsync();
        }

        var spans = collector.Spans;
        var accept = Assert.Single(spans, s => s.Name == "report accept");
        var attempt = Assert.Single(spans, s => s.Name == "callback attempt");
        Assert.Equal((accept.Trace, accept.Id), (attempt.Trace, attempt.Parent));
        Assert.Equal("", accept.Parent);
        var commit = Assert.Single(spans, s => s.Name == "ledger commit" && s.Links.Contains(accept.Id));
        Assert.Contains(commit.Id, attempt.Links);
        foreach (var secret in new[] { Phone[1..], "secret-path", "v-vendor-key", "shop-key", "SMSID" })
        {
            Assert.DoesNotContain(secret, collector.Text, StringComparison.Ordinal);
        }

        Assert.Contains("v1/traces", collector.Path, StringComparison.Ordinal);
        Assert.Contains("hoiam", collector.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAddressThatIsNone_IsRefusedAtTheStart()
    {
        using var folder = new TempFolder();
        var (code, _, stderr) = await HubProcess.RunAsync("serve", "--urls", $"http://127.0.0.1:{HubProcess.FreePort()}", "--data", folder.File("data"), "--otlp-endpoint", "collector:4318");

        Assert.Equal(2, code);
        Assert.Contains("--otlp-endpoint must be", stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("data")));
    }

    private sealed record Span(string Name, string Trace, string Id, string Parent, IReadOnlyList<string> Links);

    /// <summary>Takes OTLP over HTTP and reads as much of it as the test looks at.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<byte[]> _bodies = new();

        public string Url => app.Urls.First();

        public string Path { get; private set; } = "";

        public string Text => string.Concat(_bodies.Select(Encoding.Latin1.GetString));

        public IReadOnlyList<Span> Spans => [.. _bodies.SelectMany(ReadSpans)];

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var collector = new Collector(builder.Build());
            collector.Listen();
            await collector.StartListeningAsync();
            return collector;
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        private Task StartListeningAsync() => app.StartAsync();

        private void Listen() => app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _bodies.Enqueue(body.ToArray());
            Path = context.Request.Path;
            context.Response.ContentType = "application/x-protobuf";
        });

        // ExportTraceServiceRequest: resource_spans = 1, its scope_spans = 2, its spans = 2 (opentelemetry-proto, trace.proto).
        private static IEnumerable<Span> ReadSpans(byte[] body) =>
            Fields(body).Where(f => f.Number == 1).SelectMany(r => Fields(r.Value)).Where(f => f.Number == 2)
                .SelectMany(s => Fields(s.Value)).Where(f => f.Number == 2).Select(f => ReadSpan(f.Value));

        private static Span ReadSpan(byte[] span)
        {
            var fields = Fields(span);
            byte[] First(int number) => fields.Find(f => f.Number == number).Value ?? [];
            return new Span(
                Encoding.UTF8.GetString(First(5)),
                Convert.ToHexStringLower(First(1)),
                Convert.ToHexStringLower(First(2)),
                Convert.ToHexStringLower(First(4)),
                [.. fields.Where(f => f.Number == 13).Select(l => Convert.ToHexStringLower(Fields(l.Value).First(f => f.Number == 2).Value))]);
        }

        private static List<(int Number, byte[] Value)> Fields(byte[] message)
        {
            var fields = new List<(int, byte[])>();
            for (var at = 0; at < message.Length;)
            {
                var tag = Varint(message, ref at);
                switch (tag & 7)
                {
                    case 0:
                        Varint(message, ref at);
                        break;
                    case 1:
                        at += 8;
                        break;
                    case 2:
                        var length = (int)Varint(message, ref at);
                        fields.Add(((int)(tag >> 3), message[at..(at + length)]));
                        at += length;
                        break;
                    default:
                        at += 4;
                        break;
                }
            }

            return fields;
        }

        private static long Varint(byte[] message, ref int at)
        {
            var value = 0L;
            for (var shift = 0; ; shift += 7)
            {
                var part = message[at++];
                value |= (long)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
