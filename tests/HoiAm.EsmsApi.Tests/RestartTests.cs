using System.Globalization;
using HoiAm.EsmsApi.Tests.Support;

namespace HoiAm.EsmsApi.Tests;

/// <summary>What is accepted survives a restart: what is scheduled, and what the carriers have not finished. A hub of its own.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly EsmsHub _hub = new();

    public ValueTask InitializeAsync() => _hub.InitializeAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task ScheduledMessage_IsSentAtItsTime_ByTheNextRun()
    {
        var hook = _hub.NewHook();
        var due = TimeProvider.System.GetUtcNow().AddSeconds(6);
        var local = due.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var answer = await _hub.PostAsync("SendMultipleMessage_V4_post_json", Sms(_hub.Phone(), hook) + $",\"SendDate\":\"{local}\"");
        var smsId = (string)answer["SMSID"]!;
        await _hub.StopAsync();
        await _hub.StartAsync();
        await _hub.CallbackAsync(hook);

        var story = await _hub.AdminJsonAsync("/messages/" + smsId);
        var first = DateTimeOffset.Parse((string)story["reports"]![0]!["at"]!, CultureInfo.InvariantCulture);
        Assert.True(first >= due.AddSeconds(-1), $"The first report came at {first:O}, the message was due at {due:O}.");
    }

    [Fact]
    public async Task Number907_ReportsAfterThirtySeconds_AlsoInTheNextRun()
    {
        var hook = _hub.NewHook();
        var sent = TimeProvider.System.GetUtcNow();
        var smsId = (string)(await _hub.PostAsync("SendMultipleMessage_V4_post_json", Sms(_hub.Phone(907), hook)))["SMSID"]!;
        await EsmsHub.UntilAsync(async () => (await _hub.AdminJsonAsync("/messages/" + smsId))["reports"]!.AsArray().Count == 2, "the first two reports");
        await _hub.StopAsync();
        await _hub.StartAsync();
        var callback = await _hub.CallbackAsync(hook);

        Assert.Equal("1", callback["SendSuccess"]);
        Assert.True(TimeProvider.System.GetUtcNow() - sent >= TimeSpan.FromSeconds(30));
        Assert.Equal(3, (await _hub.AdminJsonAsync("/messages/" + smsId))["reports"]!.AsArray().Count);
    }

    [Fact]
    public async Task Number908_CanBeApprovedInTheNextRun()
    {
        var hook = _hub.NewHook();
        var smsId = (string)(await _hub.PostAsync("SendMultipleMessage_V4_post_json", Sms(_hub.Phone(908), hook)))["SMSID"]!;
        await EsmsHub.UntilAsync(async () => (int)(await _hub.StatusAsync(smsId))["SendStatus"]! == 1, "it waits for approval");
        await _hub.StopAsync();
        await _hub.StartAsync();
        await _hub.AdminAsync("POST", $"/messages/{smsId}/approve", 200);

        Assert.Equal("1", (await _hub.CallbackAsync(hook))["SendSuccess"]);
    }

    private static string Sms(string phone, string hook) =>
        $"\"Content\":\"hello\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{phone}\",\"CallbackUrl\":\"{hook}\"";
}
