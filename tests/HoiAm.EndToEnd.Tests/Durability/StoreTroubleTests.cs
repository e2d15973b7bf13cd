using System.Diagnostics;
using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Durability;

/// <summary>A full disk: refused with 503 and a reason, nothing half done, and service by itself when there is room again.</summary>
[Collection(AloneTests.Name)]
public sealed class StoreTroubleTests
{
    [Fact]
    public async Task FullDisk_Is503UntilThereIsRoomAgain()
    {
        using var disk = await SmallDisk.MountAsync("12m");
        Assert.SkipWhen(disk is null, "A disk of its own needs root and mount.");
        await using var hook = await HookServer.StartAsync();
        await using var hub = await HubProcess.StartAsync(Path.Combine(disk!.Path, "data"));
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("shop", hook.Url + "/full");
        await admin.VendorAsync("v");
        await admin.MessageAsync("shop", "v", "before", "0901234567");
        using var vendor = new VendorClient(hub.Url, "v-vendor-key");

        var ballast = Path.Combine(disk.Path, "ballast");
        FillUp(ballast);
        var (accepted, refused) = await ReportUntilRefusedAsync(vendor, admin);
        Vendor.VendorEndpointTests.AssertRefused(refused, 503);
        Assert.True(int.Parse(refused.RetryAfter!, CultureInfo.InvariantCulture) > 0);

        using var http = new HttpClient { BaseAddress = new Uri(hub.Url) };
        var ready = await Reply.SendAsync(http, new HttpRequestMessage(HttpMethod.Get, "/readyz"));
        ready.IsProblem(503, says: "full");
        Assert.NotNull(ready.RetryAfter);
        Assert.Equal(200, (await Reply.SendAsync(http, new HttpRequestMessage(HttpMethod.Get, "/healthz"))).Status);
        var change = (await admin.PutAsync("/accounts/shop", """{ "maxConcurrency": 2 }""")).IsProblem(503);
        Assert.NotNull(change.RetryAfter);
        (await admin.PostAsync("/messages", AdminClient.MessageJson("shop", "v", "during", "0901234567"))).IsProblem(503);

        // What is known can still be read.
        Assert.Equal(8, (int)(await admin.GetAsync("/accounts/shop")).Is(200).Json["maxConcurrency"]!);
        Assert.Equal("accepted", (string?)(await admin.StoryAsync("before"))["message"]!["state"]);
        (await admin.GetAsync("/messages/during")).IsProblem(404);

        File.Delete(ballast);
        await Poll.UntilAsync(async () => (await vendor.ReportAsync("0901234567", "before", 2)).Status == 200, "Service by itself");
        await Poll.UntilAsync(async () => (await Reply.SendAsync(http, new HttpRequestMessage(HttpMethod.Get, "/readyz"))).Status == 200, "Readiness");
        await Poll.UntilAsync(() => hook.For("before").Count == 1, "The callback");

        // Every report that was taken is there, and no other: the orphans are the accepted ones, whole.
        var orphans = await admin.ListAsync("/orphans");
        Assert.Equal(accepted.Order(StringComparer.Ordinal), orphans.Select(o => (string)o["referentId"]!).Order(StringComparer.Ordinal));
        (await admin.PostAsync("/messages", AdminClient.MessageJson("shop", "v", "during", "0901234567"))).Is(201);
    }

    [Fact]
    public async Task TriesWhileTheDiskIsFull_AreRecordedAfterwards()
    {
        using var disk = await SmallDisk.MountAsync("12m");
        Assert.SkipWhen(disk is null, "A disk of its own needs root and mount.");
        await using var hook = await HookServer.StartAsync();
        var gate = new TaskCompletionSource();
        hook.Script("/slow", call => call.Number == 1 && !gate.Task.IsCompleted ? new HookAnswer(DelayMs: 3_000) : HookAnswer.Ok);
        await using var hub = await HubProcess.StartAsync(Path.Combine(disk!.Path, "data"));
        using var admin = new AdminClient(hub.Url);
        await admin.AccountAsync("shop", hook.Url + "/slow");
        await admin.VendorAsync("v");
        await admin.MessageAsync("shop", "v", "slow-1", "0901234567");
        using var vendor = new VendorClient(hub.Url, "v-vendor-key");
        (await vendor.ReportAsync("0901234567", "slow-1", 2)).Is(200);
        await Poll.UntilAsync(() => hook.Count == 1, "The try");
        var ballast = Path.Combine(disk.Path, "ballast");
        FillUp(ballast);
        await ReportUntilRefusedAsync(vendor, admin);
        await Poll.PauseAsync(3_500);
        Assert.Equal("pending", (string?)(await admin.StoryAsync("slow-1"))["callbacks"]![0]!["state"]);
        File.Delete(ballast);
        await Poll.UntilAsync(async () => (string?)(await admin.StoryAsync("slow-1"))["callbacks"]![0]!["state"] == "delivered", "The record");
        Assert.Equal(1, hook.Count);
    }

    [Fact]
    public async Task SendsWhileTheDiskIsFull_Are503_AndNothingOfThemIsDone()
    {
        using var disk = await SmallDisk.MountAsync("12m");
        Assert.SkipWhen(disk is null, "A disk of its own needs root and mount.");
        await using var hub = await HubProcess.StartAsync(Path.Combine(disk!.Path, "data"), "--sandbox");
        using var sender = new SendClient(hub.Url);
        var before = await sender.BalanceAsync();
        var ballast = Path.Combine(disk.Path, "ballast");
        FillUp(ballast);

        // 903: the carriers keep still, so that only sends write.
        var accepted = 0;
        var refused = await sender.SmsAsync("0901234903", "full-0");
        for (; refused.Status == 200; refused = await sender.SmsAsync("0901234903", $"full-{accepted}"))
        {
            Assert.Equal("100", (string?)refused.Json["CodeResult"]);
            Assert.True(++accepted < 5_000, "The disk never filled.");
        }

        refused.Is(503);
        Assert.True(int.Parse(refused.RetryAfter!, CultureInfo.InvariantCulture) > 0);
        Assert.False(string.IsNullOrEmpty((string?)refused.Json["error"]));
        (await sender.SmsAsync("0901234903", $"full-{accepted}")).Is(503);
        Assert.Equal(before - (accepted * 850), await sender.BalanceAsync());

        // Room again: the same RequestId is new once, and used afterwards.
        File.Delete(ballast);
        Reply? again = null;
        await Poll.UntilAsync(async () => (again = await sender.SmsAsync("0901234903", $"full-{accepted}")).Status == 200, "Service by itself");
        Assert.Equal("100", (string?)again!.Json["CodeResult"]);
        Assert.Equal("124", (string?)(await sender.SmsAsync("0901234903", $"full-{accepted}")).Is(200).Json["CodeResult"]);
        Assert.Equal(before - ((accepted + 1) * 850), await sender.BalanceAsync());
        Assert.Equal(accepted + 1, await sender.CountSentAsync());
    }

    [Fact]
    public async Task StartOnAFullDisk_EndsWithOneSentence()
    {
        using var disk = await SmallDisk.MountAsync("1m");
        Assert.SkipWhen(disk is null, "A disk of its own needs root and mount.");
        FillUp(Path.Combine(disk!.Path, "ballast"));
        var url = "http://127.0.0.1:" + HubProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        var (exitCode, _, stderr) = await HubProcess.RunAsync("serve", "--urls", url, "--data", Path.Combine(disk.Path, "data"));
        Assert.True(exitCode == 2, $"Exit code {exitCode}: {stderr}");
        Assert.Single(stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<(List<string> Accepted, Reply Refused)> ReportUntilRefusedAsync(VendorClient vendor, AdminClient admin)
    {
        // The log has room of its own that it reuses, so a few reports still find their place.
        var accepted = new List<string>();
        for (var i = 0; i < 5_000; i++)
        {
            var id = "full-" + i.ToString(CultureInfo.InvariantCulture) + new string('x', 200);
            var reply = await vendor.ReportAsync("0901234567", id, 2);
            if (reply.Status != 200)
            {
                return (accepted, reply);
            }

            accepted.Add(id);
        }

        throw new InvalidOperationException("The disk never filled: " + (await admin.GetAsync("/orphans?limit=1")).Text);
    }

    private static void FillUp(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4_096];
        try
        {
            while (true)
            {
                stream.Write(block);
            }
        }
        catch (IOException)
        {
            // Full: that was wanted.
        }
    }

    /// <summary>A file system in memory that fills up quickly.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly TempFolder _folder;

        private SmallDisk(TempFolder folder) => _folder = folder;

        public string Path => _folder.Path;

        public static async Task<SmallDisk?> MountAsync(string size)
        {
            if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            {
                return null;
            }

            var folder = new TempFolder();
            if (await RunAsync("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.Path))
            {
                return new SmallDisk(folder);
            }

            folder.Dispose();
            return null;
        }

        public void Dispose()
        {
            RunAsync("umount", "-l", _folder.Path).GetAwaiter().GetResult();
            _folder.Dispose();
        }

        private static async Task<bool> RunAsync(string program, params string[] words)
        {
            using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
    }
}
