using System.Text;
using HoiAm.Receiver.Storing;

namespace HoiAm.Packages.Tests.Receiver;

/// <summary>What the journal has after whatever happened to the process and to its last bytes.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string JournalPath => _folder.File("callbacks.journal");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task KeptCallback_IsThereAfterARestart_WithEveryByte()
    {
        var kept = new KeptCallback
        {
            Id = "a \"b\" \n c", ReceivedAt = new DateTimeOffset(2026, 1, 1, 1, 2, 3, 456, TimeSpan.Zero), ContentType = "application/json", Body = new byte[] { 0, 10, 13, 255 },
            EventTime = "2026-01-01T00:00:00Z", SenderAttempt = 3,
        };
        await using (var store = await OpenAsync())
        {
            Assert.Equal(KeepResult.Kept, await store.KeepAsync(kept, Stop));
            Assert.Equal(KeepResult.Kept, await store.KeepAsync(Get("g", "SMSID=1&x=%20"), Stop));
        }

        await using var again = new JournalCallbackStore(_folder.Path);
        var left = await again.OpenAsync(Stop);

        Assert.Equal([kept.Id, "g"], left.Select(k => k.Id));
        Assert.Equal(kept.Body.ToArray(), left[0].Body.ToArray());
        Assert.Equal(kept with { Body = default }, left[0] with { Body = default });
        Assert.Equal("SMSID=1&x=%20", left[1].Query);
    }

    [Fact]
    public async Task HandledCallback_IsGoneButRemembered()
    {
        await using (var store = await OpenAsync())
        {
            await store.KeepAsync(Get("a"), Stop);
            await store.DoneAsync("a");
            Assert.Equal(KeepResult.Known, await store.KeepAsync(Get("a"), Stop));
        }

        await using var again = new JournalCallbackStore(_folder.Path);
        Assert.Empty(await again.OpenAsync(Stop));
        Assert.Equal(KeepResult.Known, await again.KeepAsync(Get("a"), Stop));
    }

    [Fact]
    public async Task SetAsideCallback_WaitsUntilItIsTakenBack()
    {
        await using (var store = await OpenAsync())
        {
            await store.KeepAsync(Get("a"), Stop);
            await store.KeepAsync(Get("b"), Stop);
            await store.SetAsideAsync("a");
        }

        await using (var store = new JournalCallbackStore(_folder.Path))
        {
            Assert.Equal(["b"], (await store.OpenAsync(Stop)).Select(k => k.Id));
            Assert.Equal(KeepResult.Known, await store.KeepAsync(Get("a"), Stop));
            Assert.Equal(["a"], (await store.TakeSetAsideAsync()).Select(k => k.Id));
            Assert.Empty(await store.TakeSetAsideAsync());
        }

        await using var again = new JournalCallbackStore(_folder.Path);
        Assert.Equal(["a", "b"], (await again.OpenAsync(Stop)).Select(k => k.Id));
    }

    // A power cut may end the file after any byte. Every line that was whole counts; the rest was never acknowledged.
    [Fact]
    public async Task FileCutAtAnyByte_KeepsEveryWholeLineAndGoesOn()
    {
        await using (var store = await OpenAsync())
        {
            await store.KeepAsync(Get("a"), Stop);
            await store.KeepAsync(Get("b"), Stop);
            await store.KeepAsync(Get("c"), Stop);
        }

        var whole = await File.ReadAllBytesAsync(JournalPath, Stop);
        var ends = Enumerable.Range(0, whole.Length).Where(i => whole[i] == '\n').ToList();
        for (var length = 0; length <= whole.Length; length++)
        {
            await File.WriteAllBytesAsync(JournalPath, whole[..length], Stop);
            var expected = ends.Count(end => end < length);
            await using (var store = new JournalCallbackStore(_folder.Path))
            {
                Assert.Equal(expected, (await store.OpenAsync(Stop)).Count);
                await store.KeepAsync(Get("new"), Stop);
            }

            await using var again = new JournalCallbackStore(_folder.Path);
            Assert.Equal(expected + 1, (await again.OpenAsync(Stop)).Count);
            Assert.Equal(0, again.DamagedLines);
        }
    }

    [Fact]
    public async Task DamagedLineInTheMiddle_TakesNothingElseAlong()
    {
        await using (var store = await OpenAsync())
        {
            await store.KeepAsync(Get("a"), Stop);
            await store.KeepAsync(Get("b"), Stop);
            await store.KeepAsync(Get("c"), Stop);
        }

        var text = await File.ReadAllTextAsync(JournalPath, Stop);
        await File.WriteAllTextAsync(JournalPath, text.Replace("\"id\":\"b\"", "\"id\":\"B\"", StringComparison.Ordinal), Stop);
        await using var again = new JournalCallbackStore(_folder.Path);

        Assert.Equal(["a", "c"], (await again.OpenAsync(Stop)).Select(k => k.Id));
        Assert.Equal(1, again.DamagedLines);
    }

    [Fact]
    public async Task RewrittenFile_HasWhatCountsAndIsSmall()
    {
        await using (var store = new JournalCallbackStore(_folder.Path, rememberedIds: 10, compactBytes: 8 * 1024))
        {
            await store.OpenAsync(Stop);
            await store.KeepAsync(Get("stays"), Stop);
            await store.KeepAsync(Get("aside"), Stop);
            await store.SetAsideAsync("aside");
            for (var i = 0; i < 500; i++)
            {
                await store.KeepAsync(Get($"id-{i}"), Stop);
                await store.DoneAsync($"id-{i}");
            }
        }

        Assert.True(new FileInfo(JournalPath).Length < 16 * 1024, $"{new FileInfo(JournalPath).Length} bytes");
        await using var again = new JournalCallbackStore(_folder.Path);
        Assert.Equal(["stays"], (await again.OpenAsync(Stop)).Select(k => k.Id));
        Assert.Equal(KeepResult.Known, await again.KeepAsync(Get("id-499"), Stop));
        Assert.Equal(KeepResult.Kept, await again.KeepAsync(Get("id-0"), Stop));
        Assert.Equal(["aside"], (await again.TakeSetAsideAsync()).Select(k => k.Id));
    }

    [Fact]
    public async Task SameCallbackAtOnce_IsKeptOnce_AndNobodyIsAnsweredBeforeItIs()
    {
        await using var store = await OpenAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () => await store.KeepAsync(Get($"id-{i % 20}"), Stop), Stop)));

        Assert.Equal(20, results.Count(r => r == KeepResult.Kept));
        Assert.Equal(20, Encoding.UTF8.GetString(await ReadSharedAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task FolderInUse_IsRefused()
    {
        await using var store = await OpenAsync();
        await using var second = new JournalCallbackStore(_folder.Path);

        await Assert.ThrowsAnyAsync<IOException>(async () => await second.OpenAsync(Stop));
    }

    // Handlers must not learn from the folder's mode who called whom.
    [Fact]
    public async Task Journal_IsReadableByItsOwnerAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are Unix's");
            return;
        }

        await using var store = await OpenAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(JournalPath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Path));
    }

    private static KeptCallback Get(string id, string query = "SMSID=1") => new() { Id = id, ReceivedAt = DateTimeOffset.UnixEpoch, Query = query };

    private async Task<JournalCallbackStore> OpenAsync()
    {
        var store = new JournalCallbackStore(_folder.Path);
        await store.OpenAsync(Stop);
        return store;
    }

    private async Task<byte[]> ReadSharedAsync()
    {
        await using var file = new FileStream(JournalPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, Stop);
        return bytes;
    }
}
