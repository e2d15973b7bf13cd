using System.Diagnostics;
using HoiAm.EsmsApi.Tests.Support;
using HoiAm.Ledger.Outgoing;
using HoiAm.Server.Sending;
using HoiAm.Server.Sending.Routes;

namespace HoiAm.EsmsApi.Tests;

/// <summary>What a route does with a message is its own affair: the answer is there, and the message stays in the store until the route has it.</summary>
public sealed class RouteTests : IAsyncLifetime
{
    private const string Sms = "\"Content\":\"hello\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"0901888484\"";

    private readonly StubbornRoute _route = new();
    private readonly EsmsHub _hub;

    public RouteTests() => _hub = new EsmsHub { Routes = [_route] };

    public ValueTask InitializeAsync() => _hub.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _route.LetGo();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task RouteThatHangs_HoldsUpNoAnswer()
    {
        var account = await _hub.ShopAsync("hangs", sending: "\"routes\":[{\"route\":\"stubborn\"}]");
        var watch = Stopwatch.StartNew();
        var answer = await _hub.PostAsync("SendMultipleMessage_V4_post_json", Sms, account);
        var took = watch.Elapsed;
        var smsId = (string)answer["SMSID"]!;
        await EsmsHub.UntilAsync(() => _route.HandedOver >= 1, "the message is handed over");
        var waiting = (int)(await _hub.StatusAsync(smsId, account))["SendStatus"]!;

        // Neither the preparation nor the handover ended, and neither knew of a limit.
        Assert.Equal(("100", 2, false), ((string)answer["CodeResult"]!, waiting, _route.IsDone));
        Assert.True(EsmsEndpointLimits.PrepareWait + EsmsEndpointLimits.LedgerWait + EsmsEndpointLimits.CommitWait < TimeSpan.FromSeconds(2));
        Assert.True(took < TimeSpan.FromSeconds(10), $"The answer took {took}: on a free machine it is half a second.");
        Assert.Equal(1_000_000m - 850, await _hub.BalanceAsync(account));
    }

    [Fact]
    public async Task RouteThatFailsWhilePreparing_StillGetsTheMessage()
    {
        _route.ThrowsWhilePreparing = true;
        var account = await _hub.ShopAsync("throws", sending: "\"routes\":[{\"route\":\"stubborn\"}]");

        Assert.Equal("100", (string)(await _hub.PostAsync("SendMultipleMessage_V4_post_json", Sms, account))["CodeResult"]!);
        await EsmsHub.UntilAsync(() => _route.HandedOver >= 1, "the message is handed over");
    }

    /// <summary>A route that ends nothing until it is let go, whatever it is told.</summary>
    private sealed class StubbornRoute : ISendRoute
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _handedOver;

        public string Name => "stubborn";

        public string VendorId => "sandbox";

        public int HandedOver => Volatile.Read(ref _handedOver);

        public bool IsDone => _end.Task.IsCompleted;

        public bool ThrowsWhilePreparing { get; set; }

        public void LetGo() => _end.TrySetResult();

        public ValueTask BeforeAcceptAsync(SendOrder order, CancellationToken cancel) =>
            ThrowsWhilePreparing ? ValueTask.FromException(new InvalidOperationException("No line.")) : new ValueTask(_end.Task);

        public async Task<HandoverResult> HandOverAsync(Handover handover, CancellationToken cancel)
        {
            Interlocked.Increment(ref _handedOver);
            await _end.Task;
            return new HandoverResult(HandoverEnd.Done);
        }
    }
}
