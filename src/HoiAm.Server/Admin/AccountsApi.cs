using System.Data.Common;
using System.Text.Json;
using System.Text.RegularExpressions;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;

namespace HoiAm.Server.Admin;

/// <summary>Accounts: <c>PUT</c>, <c>GET</c> one, <c>GET</c> list (contract section 4).</summary>
internal sealed partial class AccountsApi(HubDirectory directory, TimeProvider time)
{
    public void Map(AdminRoutes routes)
    {
        routes.Map("PUT", "/accounts/{id}", Permission.Administer, scoped: false, PutAsync);
        routes.Get("/accounts/{id}", call =>
        {
            var found = directory.Current.Accounts.TryGetValue(call.Route("id"), out var account) && call.Principal.Sees(account.Number);
            return Task.FromResult(found ? Answers.Ok(Show(account!)) : Unknown(call.Route("id")));
        }, scoped: true);
        routes.Get("/accounts", call =>
        {
            var paging = Paging.Read(call);
            var rows = directory.Current.Accounts.Values.Where(a => a.Number > (paging.Cursor ?? 0)).OrderBy(a => a.Number)
                .Take(paging.Limit + 1).ToList();
            return Task.FromResult(Answers.Ok(paging.Page(rows, a => a.Number, Show)));
        });
    }

    /// <summary>404 for an account.</summary>
    public static Microsoft.AspNetCore.Http.IResult Unknown(string id) => Answers.NotFound($"There is no account '{id}'.");

    /// <summary>Ids of accounts and vendors: 1 to 64 letters, digits, dots, dashes and underscores.</summary>
    public static void CheckId(string id)
    {
        if (!IdPattern().IsMatch(id))
        {
            throw new AdminRefusal(Answers.Invalid("id", "must have 1 to 64 letters, digits, dots, dashes or underscores"));
        }
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}$")]
    private static partial Regex IdPattern();

    private async Task<Microsoft.AspNetCore.Http.IResult> PutAsync(AdminCall call)
    {
        var id = call.Route("id");
        CheckId(id);
        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var now = time.GetUtcNow();
            var created = await directory.ChangeAsync(connection =>
            {
                // Read here and not in the snapshot: another node may have changed it a moment ago.
                var current = Stored<AccountSettings>(connection, "account", id);
                var input = new JsonInput(document!.RootElement);
                var apiKey = CredentialWrites.ReadKey(input, "apiKey", required: current is null);
                var secretKey = CredentialWrites.ReadKey(input, "secretKey", required: current is null);
                var settings = AccountInput.Read(input, current, directory, now);
                input.RefuseUnknown();
                if (!input.IsValid)
                {
                    throw new AdminRefusal(Answers.Invalid(input.Faults));
                }

                var number = Upsert(connection, "account", id, JsonSerializer.Serialize(settings), now, out var isNew);
                CredentialWrites.PutFirst(
                    connection,
                    CredentialKind.Account,
                    number,
                    id,
                    apiKey is null ? null : directory.Keys.Digest(apiKey),
                    secretKey is null ? null : directory.Keys.Digest(secretKey),
                    now);
                Audit.Write(connection, call.Principal, isNew ? "account.create" : "account.change", id, now, Members(document));
                return isNew;
            }).ConfigureAwait(false);
            var account = directory.Current.Accounts[id];
            return created ? Answers.Created(Show(account)) : Answers.Ok(Show(account));
        }
    }

    /// <summary>A configuration document as it stands now; null when there is none.</summary>
    public static T? Stored<T>(DbConnection connection, string table, string id)
        where T : class =>
        connection.Query($"SELECT document FROM {table} WHERE id = @p0", r => r.GetString(0), id) is [var text] ? JsonSerializer.Deserialize<T>(text) : null;

    /// <summary>Inserts or replaces a configuration document; gives its number.</summary>
    public static int Upsert(DbConnection connection, string table, string id, string document, DateTimeOffset now, out bool isNew)
    {
        var number = connection.Scalar($"SELECT number FROM {table} WHERE id = @p0", id);
        isNew = number == 0;
        if (isNew)
        {
            number = connection.Scalar($"SELECT MAX(number) FROM {table}") + 1;
            connection.Execute($"INSERT INTO {table} (number, id, created_at, document) VALUES (@p0, @p1, @p2, @p3)", number, id, now, document);
        }
        else
        {
            connection.Execute($"UPDATE {table} SET document = @p1 WHERE number = @p0", number, document);
        }

        return (int)number;
    }

    /// <summary>Names of the members a change gave, for the audit log; never their values.</summary>
    public static string Members(JsonDocument document) => string.Join(", ", document.RootElement.EnumerateObject().Select(m => m.Name));

    // Hours as people write them: "72:00:00", which is read back as it stands.
    private static string Hours(TimeSpan time) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(long)time.TotalHours:00}:{time:mm\\:ss}");

    private object Show(Account account)
    {
        var s = account.Settings;
        return new
        {
            id = account.Id,
            enabled = s.Enabled,
            callbackUrl = s.CallbackUrl,
            callbackFormat = AccountInput.Word(s.CallbackFormat),
            callbackKey = s.SealedCallbackApiKey is not null,
            profile = AccountInput.Word(s.Profile),
            signing = s.SigningSecrets.Count > 0,
            retry = new
            {
                maxRetries = s.Retry.MaxRetries,
                delays = s.Retry.Delays.Select(d => d.ToString("c")).ToList(),
                timeout = s.Retry.Timeout.ToString("c"),
                on = AccountInput.Word(s.Retry.On),
            },
            maxConcurrency = s.MaxConcurrency,
            maxPerMinute = s.MaxPerMinute,
            replayOnRecovery = s.ReplayOnRecovery,
            allowPrivateHooks = account.Policy.AllowPrivateHooks,
            pushStates = s.PushStates,
            pull = new { preset = s.Pull.Preset, maxIds = s.Pull.MaxIds, perSecond = s.Pull.PerSecond, window = s.Pull.Window, kinds = s.Pull.Kinds },
            presumeExpiredAfter = s.PresumeExpiredAfter is { } silence ? Hours(silence) : null,
            upstream = s.Upstream is { } u
                ? new { baseUrl = u.BaseUrl, voiceBaseUrl = u.VoiceBaseUrl, patience = u.Patience.ToString("c"), mode = u.Relays ? "relay" : "route" }
                : null,
            reconcile = new { after = s.Reconcile.After.ToString("c"), edition = s.Reconcile.Edition },
            keepText = s.KeepText,
            hookTls = HookAuthInput.ShowTls(s.HookTls, directory.Keys),
            hookAuth = s.SealedHookAuth is not null,
            hookHeaders = s.HookHeaders.Select(h => h.Name).ToList(),
            inboundKey = account.InboundKey,
            inboundAllow = s.InboundAllow,
        };
    }
}
