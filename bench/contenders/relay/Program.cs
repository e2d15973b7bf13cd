using System.Threading.Channels;
using HoiAm.Bench;

// The ceiling: a report comes in, its callback goes out, nothing is kept. Usage: Relay LISTEN_URL HOOK_BASE
var senders = int.TryParse(Environment.GetEnvironmentVariable("RELAY_SENDERS"), out var n) ? n : 32;
var hookBase = args[1];
using var hooks = new HookClient(senders);

// Bounded, so that a vendor is answered more slowly rather than reports piling up.
var waiting = Channel.CreateBounded<Report>(new BoundedChannelOptions(4096) { SingleReader = false, SingleWriter = false });
for (var i = 0; i < senders; i++)
{
    _ = Task.Run(SendAsync);
}

var app = VendorEndpoint.Build(args[0], report => waiting.Writer.WriteAsync(report));
await app.RunAsync();

async Task SendAsync()
{
    using var timeout = new CallTimeout();
    await foreach (var report in waiting.Reader.ReadAllAsync())
    {
        _ = await hooks.GetAsync(report.CallbackUrl(hookBase), timeout.Start());
    }
}
