using System.Diagnostics;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Tracing;

namespace HoiAm.Dispatch.Tests.Sending;

/// <summary>Spans cost nothing until somebody listens. One class, so that its listener meets none of its own other tests.</summary>
public sealed class TracedSenderTests
{
    private static readonly HookPolicy s_policy = new();

    [Fact]
    public void WithoutAListener_ATryAllocatesNothing_AndWithOneItIsASpanOfItsReport()
    {
        var sender = new TracedSender(new Instant());
        var callback = New();
        Send(sender, callback, 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(sender, callback, 1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == HubTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var report = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        callback.Origin = new CallbackOrigin(report, default);
        Send(sender, callback, 1);

        var span = Assert.Single(ended, a => a.OperationName == "callback attempt");
        Assert.Equal((report.TraceId, report.SpanId), (span.TraceId, span.ParentSpanId));
        Assert.Equal("shop.example:8443", span.GetTagItem("server.address"));
        Assert.DoesNotContain(span.TagObjects, t => t.Value is string text && (text.Contains("0901234567", StringComparison.Ordinal) || text.Contains("/hook", StringComparison.Ordinal)));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
    }

    private static void Send(TracedSender sender, DueCallback callback, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var task = sender.SendAsync(callback, s_policy, CancellationToken.None);
            Assert.True(task.IsCompletedSuccessfully);
        }
    }

    private static DueCallback New() => new()
    {
        Id = 7,
        Hook = new Hook(1, 1, "https://shop.example:8443/hook/0901234567", "https://shop.example:8443"),
        Query = "?PhoneNumber=0901234567",
        EventTime = DateTimeOffset.UnixEpoch,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>Ends each try in the same moment, with the same answer.</summary>
    private sealed class Instant : ICallbackSender
    {
        private static readonly Attempt s_attempt = new() { Number = 1, At = DateTimeOffset.UnixEpoch, DurationMs = 1, Outcome = AttemptOutcome.HttpStatus, HttpStatus = 503 };

        public ValueTask<Attempt> SendAsync(DueCallback callback, HookPolicy policy, CancellationToken stop) => new(s_attempt);
    }
}
