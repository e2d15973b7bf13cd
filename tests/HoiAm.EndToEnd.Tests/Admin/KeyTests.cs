namespace HoiAm.EndToEnd.Tests.Admin;

/// <summary>Several keys at once, each unique, shown once; tokens by role; who did what.</summary>
[Collection(SharedHubTests.Name)]
public sealed class KeyTests(SharedHub shared)
{
    private readonly AdminClient _admin = shared.Admin;

    [Fact]
    public async Task AccountKeys_WorkSideBySideUntilDeleted()
    {
        await _admin.AccountAsync("keys", null);
        var made = (await _admin.PostAsync("/accounts/keys/keys")).Is(201).Json;
        var (id, apiKey, secretKey) = ((string)made["id"]!, (string)made["apiKey"]!, (string)made["secretKey"]!);
        Assert.Equal(101, await PullCodeAsync(apiKey, "keys-secret"));
        Assert.Equal(100, await PullCodeAsync(apiKey, secretKey));
        Assert.Equal(100, await PullCodeAsync("keys-key", "keys-secret"));

        var listed = (await _admin.GetAsync("/accounts/keys/keys")).Is(200);
        Assert.Equal(2, listed.Json["items"]!.AsArray().Count);
        Assert.DoesNotContain(apiKey, listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secretKey, listed.Text, StringComparison.Ordinal);
        Assert.NotNull(listed.Json["items"]![1]!["lastUsed"]);

        (await _admin.DeleteAsync("/accounts/keys/keys/" + id)).Is(204);
        (await _admin.DeleteAsync("/accounts/keys/keys/" + id)).IsProblem(404);
        Assert.Equal(101, await PullCodeAsync(apiKey, secretKey));
    }

    [Fact]
    public async Task PutWithNewKeys_ReplacesTheFirstPair()
    {
        await _admin.AccountAsync("rekey", null);
        (await _admin.PutAsync("/accounts/rekey", """{ "secretKey": "rekey-secret-2" }""")).Is(200);
        Assert.Equal(101, await PullCodeAsync("rekey-key", "rekey-secret"));
        Assert.Equal(100, await PullCodeAsync("rekey-key", "rekey-secret-2"));
        (await _admin.PutAsync("/accounts/rekey", """{ "apiKey": "rekey-key-2" }""")).Is(200);
        Assert.Equal(101, await PullCodeAsync("rekey-key", "rekey-secret-2"));
        Assert.Equal(100, await PullCodeAsync("rekey-key-2", "rekey-secret-2"));
        (await _admin.PutAsync("/accounts/rekey", """{ "enabled": false }""")).Is(200);
        Assert.Equal(101, await PullCodeAsync("rekey-key-2", "rekey-secret-2"));
    }

    [Fact]
    public async Task KeyInUse_Is409AndChangesNothing()
    {
        await _admin.AccountAsync("unique-a", null);
        await _admin.AccountAsync("unique-b", null);
        await _admin.VendorAsync("unique");
        (await _admin.PostAsync("/accounts/unique-b/keys", """{ "apiKey": "unique-a-key" }""")).IsProblem(409);
        (await _admin.PutAsync("/accounts/unique-b", """{ "apiKey": "unique-a-key", "maxConcurrency": 2 }""")).IsProblem(409);
        Assert.Equal(8, (int)(await _admin.GetAsync("/accounts/unique-b")).Json["maxConcurrency"]!);
        Assert.Equal(100, await PullCodeAsync("unique-b-key", "unique-b-secret"));
        (await _admin.PutAsync("/accounts/unique-c", """{ "apiKey": "unique-a-key", "secretKey": "12345678" }""")).IsProblem(409);
        (await _admin.GetAsync("/accounts/unique-c")).IsProblem(404);
        (await _admin.PutAsync("/vendors/unique-2", """{ "apiKey": "unique-vendor-key" }""")).IsProblem(409);
        (await _admin.PostAsync("/vendors/unique/keys", """{ "apiKey": "unique-vendor-key" }""")).IsProblem(409);
        (await _admin.PostAsync("/tokens", $$"""{ "role": "admin", "token": "{{HubProcess.AdminToken}}" }""")).IsProblem(409);
    }

    [Fact]
    public async Task FaultyKeys_AreRefused()
    {
        await _admin.VendorAsync("faulty-keys");
        (await _admin.PostAsync("/vendors/faulty-keys/keys", """{ "apiKey": "1234567" }""")).IsProblem(400, "apiKey", "8 to 128");
        (await _admin.PostAsync("/vendors/faulty-keys/keys", $$"""{ "apiKey": "{{new string('x', 129)}}" }""")).IsProblem(400, "apiKey");
        (await _admin.PostAsync("/vendors/faulty-keys/keys", """{ "apiKey": " 12345678" }""")).IsProblem(400, "apiKey", "blank");
        (await _admin.PostAsync("/vendors/faulty-keys/keys", """{ "validFrom": "tomorrow" }""")).IsProblem(400, "validFrom", "2026-01-31T08:00:00Z");
        (await _admin.PostAsync("/vendors/faulty-keys/keys", """{ "validFrom": "2026-02-01T00:00:00Z", "validTo": "2026-01-01T00:00:00Z" }""")).IsProblem(400, "validTo", "after validFrom");
        (await _admin.PostAsync("/vendors/faulty-keys/keys", """{ "secretKey": "12345678" }""")).IsProblem(400, "secretKey");
        (await _admin.PostAsync("/vendors/no-such/keys")).IsProblem(404);
        (await _admin.GetAsync("/accounts/no-such/keys")).IsProblem(404);
        Assert.Single(await _admin.ListAsync("/vendors/faulty-keys/keys"));
    }

    [Fact]
    public async Task Tokens_AreListedWithoutTheirTextAndEndWhenDeleted()
    {
        var made = (await _admin.PostAsync("/tokens", """{ "name": "night shift", "role": "support" }""")).Is(201).Json;
        using var support = new AdminClient(shared.Url, (string)made["token"]!);
        (await support.GetAsync("/accounts")).Is(200);
        (await support.GetAsync("/tokens")).IsProblem(403);
        var listed = (await _admin.GetAsync("/tokens?limit=500")).Is(200);
        Assert.Contains("night shift", listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain((string)made["token"]!, listed.Text, StringComparison.Ordinal);
        (await _admin.DeleteAsync("/tokens/" + (string)made["id"]!)).Is(204);
        (await support.GetAsync("/accounts")).IsProblem(401);
        (await _admin.PostAsync("/tokens", """{ "role": "king" }""")).IsProblem(400, "role", "admin, support, readonly");
        (await _admin.PostAsync("/tokens", """{ "role": "account:no-such" }""")).IsProblem(400, "role");
        (await _admin.PostAsync("/tokens", "{}")).IsProblem(400, "role", "is required");
    }

    [Fact]
    public async Task Audit_TellsWhoDidWhatAndNoSecrets()
    {
        await _admin.AccountAsync("audited", null);
        (await _admin.PutAsync("/accounts/audited", """{ "signingSecret": "signing-secret-of-audited" }""")).Is(200);
        var rows = await _admin.ListAsync("/audit", limit: 100);
        var create = Assert.Single(rows, r => (string?)r["subject"] == "audited" && (string?)r["action"] == "account.create");
        var change = Assert.Single(rows, r => (string?)r["subject"] == "audited" && (string?)r["action"] == "account.change");
        Assert.Equal("admin", (string?)create["role"]);
        Assert.Equal("first administrator", (string?)create["who"]);
        Assert.Equal("signingSecret", (string?)change["detail"]);
        Assert.DoesNotContain(rows, r => r.ToJsonString().Contains("signing-secret-of-audited", StringComparison.Ordinal));
        Assert.True((long)change["id"]! > (long)create["id"]!);
        Assert.Equal(rows.Select(r => (long)r["id"]!).OrderDescending(), rows.Select(r => (long)r["id"]!));
    }

    private async Task<int> PullCodeAsync(string apiKey, string secretKey)
    {
        using var pull = new PullClient(shared.Url, apiKey, secretKey);
        return (int)(await pull.GetCallbackAsync(["none"])).Is(200).Json["Code"]!;
    }
}
