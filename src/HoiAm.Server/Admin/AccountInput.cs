using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger.Delivery;
using HoiAm.Model;
using HoiAm.Protocols.GetCallback;
using HoiAm.Server.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;

namespace HoiAm.Server.Admin;

/// <summary>Reads the body of <c>PUT /admin/v1/accounts/{id}</c> over the settings that are there: absent keeps, null clears.</summary>
internal static class AccountInput
{
    private static readonly Dictionary<string, CallbackProfile> s_profiles = new(StringComparer.Ordinal)
    {
        ["default"] = CallbackProfile.Default,
        ["byte-exact"] = CallbackProfile.ByteExact,
        ["plain"] = CallbackProfile.Plain,
    };

    private static readonly Dictionary<string, RetryOn> s_retryOn = new(StringComparer.Ordinal)
    {
        ["default"] = RetryOn.Default,
        ["timeout-only"] = RetryOn.TimeoutOnly,
        ["non-200"] = RetryOn.Non200,
    };

    private static readonly Dictionary<string, int> s_editions = new(StringComparer.Ordinal) { ["2024"] = 0, ["2023"] = 1, ["seed"] = 2 };

    private static readonly Dictionary<string, bool> s_modes = new(StringComparer.Ordinal) { ["relay"] = true, ["route"] = false };

    /// <summary>The wire word of a format, profile or retry rule.</summary>
    public static string Word(CallbackFormat format) => CallbackView.Word(format);

    /// <inheritdoc cref="Word(CallbackFormat)"/>
    public static string Word(CallbackProfile profile) => s_profiles.First(p => p.Value == profile).Key;

    /// <inheritdoc cref="Word(CallbackFormat)"/>
    public static string Word(RetryOn on) => s_retryOn.First(p => p.Value == on).Key;

    /// <summary>The settings with the body's changes; faults are in <paramref name="input"/>.</summary>
    public static AccountSettings Read(JsonInput input, AccountSettings? current, HubDirectory directory, DateTimeOffset now)
    {
        var keys = directory.Keys;
        var settings = current ?? new AccountSettings { InboundKey = keys.Seal(NewInboundKey()) };
        var allowPrivate = !input.Has("allowPrivateHooks") ? settings.AllowPrivateHooks : input.Flag("allowPrivateHooks");
        settings = settings with
        {
            Enabled = Merge(input, "enabled", input.Flag("enabled"), settings.Enabled, true),
            AllowPrivateHooks = allowPrivate,
            CallbackFormat = Merge(input, "callbackFormat", input.Choice("callbackFormat", CallbackView.Formats), settings.CallbackFormat, CallbackFormat.EsmsGet),
            Profile = Merge(input, "profile", input.Choice("profile", s_profiles), settings.Profile, CallbackProfile.Default),
            MaxConcurrency = Merge(input, "maxConcurrency", input.Number("maxConcurrency", 1, 256), settings.MaxConcurrency, 8),
            MaxPerMinute = input.Has("maxPerMinute") ? input.Number("maxPerMinute", 1, 1_000_000) : settings.MaxPerMinute,
            ReplayOnRecovery = Merge(input, "replayOnRecovery", input.Flag("replayOnRecovery"), settings.ReplayOnRecovery, false),
            Retry = ReadRetry(input, settings.Retry),
            PushStates = ReadPushStates(input, settings.PushStates),
            Pull = ReadPull(input, settings.Pull),
            Reconcile = ReadReconcile(input, settings.Reconcile),
            Upstream = ReadUpstream(input, settings.Upstream, directory, allowPrivate ?? directory.AllowPrivateByDefault),
            PresumeExpiredAfter = input.IsNull("presumeExpiredAfter") ? null
                : input.Duration("presumeExpiredAfter", TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)) ?? settings.PresumeExpiredAfter,
            SigningSecrets = ReadSigning(input, settings.SigningSecrets, keys),
            SealedCallbackApiKey = input.IsNull("callbackApiKey") ? null
                : ReadHeaderValue(input, "callbackApiKey") is { } apiKey ? keys.Seal(apiKey)
                : settings.SealedCallbackApiKey,
            KeepText = Merge(input, "keepText", input.Flag("keepText"), settings.KeepText, false),
            InboundAllow = ReadInboundAllow(input, settings.InboundAllow),
        };
        settings = HookAuthInput.Read(input, settings, keys, now);
        if (input.Has("callbackUrl"))
        {
            settings = settings with { CallbackUrl = ReadHook(input, "callbackUrl", settings.AllowPrivateHooks ?? directory.AllowPrivateByDefault) };
        }

        return settings;
    }

    /// <summary>A hook URL of the body, checked as it is at registration; null when absent, null or faulty.</summary>
    public static string? ReadHook(JsonInput input, string name, bool allowPrivate)
    {
        var url = input.Text(name, 1, 2_000);
        if (url is null)
        {
            return null;
        }

        var verdict = HookUrl.Check(url, allowPrivate);
        if (verdict.Refusal is { } refusal)
        {
            input.Fault(name, "cannot be used: " + refusal);
            return null;
        }

        return url;
    }

    private static string? ReadHeaderValue(JsonInput input, string name)
    {
        var value = input.Text(name, 1, 256);
        if (value is null || value.All(c => c is > ' ' and <= '~'))
        {
            return value;
        }

        input.Fault(name, "must be visible ASCII characters, since it is sent in a header");
        return null;
    }

    private static T Merge<T>(JsonInput input, string name, T? given, T current, T fallback)
        where T : struct => given ?? (input.IsNull(name) ? fallback : current);

    private static RetryPolicy ReadRetry(JsonInput input, RetryPolicy current)
    {
        if (input.IsNull("retry"))
        {
            return RetryPolicy.Default;
        }

        if (input.Object("retry") is not { } retry)
        {
            return current;
        }

        var delays = current.Delays;
        if (retry.Element("delays") is { } list)
        {
            delays = ReadDelays(retry, list) ?? current.Delays;
        }
        else if (retry.IsNull("delays"))
        {
            delays = RetryPolicy.Default.Delays;
        }

        var timeout = Merge(
            retry, "timeout", retry.Duration("timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2)), current.Timeout, RetryPolicy.Default.Timeout);
        var policy = current with
        {
            MaxRetries = Merge(retry, "maxRetries", retry.Number("maxRetries", 0, 20), current.MaxRetries, RetryPolicy.Default.MaxRetries),
            Delays = delays,
            Timeout = timeout,
            ConnectTimeout = timeout < RetryPolicy.Default.ConnectTimeout ? timeout : RetryPolicy.Default.ConnectTimeout,
            On = Merge(retry, "on", retry.Choice("on", s_retryOn), current.On, RetryOn.Default),
        };
        retry.RefuseUnknown();
        return policy;
    }

    private static List<TimeSpan>? ReadDelays(JsonInput retry, JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is < 1 or > 20)
        {
            retry.Fault("delays", "must be a list of 1 to 20 lengths of time like \"00:00:05\"");
            return null;
        }

        var delays = new List<TimeSpan>();
        foreach (var item in list.EnumerateArray())
        {
            if (JsonInput.Duration(item) is not { } delay || delay < TimeSpan.Zero || delay > TimeSpan.FromHours(24))
            {
                retry.Fault("delays", string.Create(CultureInfo.InvariantCulture, $"entry {delays.Count + 1} must be a length of time like \"00:00:05\", up to 24 hours"));
                return null;
            }

            delays.Add(delay);
        }

        return delays;
    }

    private static IReadOnlyList<int> ReadPushStates(JsonInput input, IReadOnlyList<int> current)
    {
        if (input.IsNull("pushStates"))
        {
            return [4, 5];
        }

        if (input.Element("pushStates") is not { } list)
        {
            return current;
        }

        if (list.ValueKind == JsonValueKind.Array
            && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out var n) && n is 1 or 2 or 4 or 5 or 7))
        {
            return [.. list.EnumerateArray().Select(e => e.GetInt32()).Distinct().Order()];
        }

        input.Fault("pushStates", "must be a list of SendStatus values out of 1, 2, 4, 5, 7");
        return current;
    }

    private static PullSettings ReadPull(JsonInput input, PullSettings current)
    {
        if (input.IsNull("pull"))
        {
            return new PullSettings();
        }

        if (input.Object("pull") is not { } pull)
        {
            return current;
        }

        var preset = pull.Text("preset", 1, 20);
        if (preset is not null && GetCallbackLimits.Preset(preset) is null)
        {
            pull.Fault("preset", "must be one of seed, 2023, 2024");
        }

        var settings = new PullSettings
        {
            Preset = preset ?? current.Preset,
            MaxIds = Keep(pull, "maxIds", preset, pull.Number("maxIds", 1, GetCallbackLimits.MaxIdsMax), current.MaxIds),
            PerSecond = Keep(pull, "perSecond", preset, pull.Number("perSecond", 1, GetCallbackLimits.PerSecondMax), current.PerSecond),
            Window = pull.Has("window") || preset is not null ? pull.Text("window", 4, 11) : current.Window,
            Kinds = pull.Has("kinds") || preset is not null ? pull.Text("kinds", 1, 40) : current.Kinds,
        };
        if (settings.Window is { } window && window != "none" && LocalWindow.Parse(window) is null)
        {
            pull.Fault("window", "must be hours like \"01:00-02:00\" (Asia/Ho_Chi_Minh), or \"none\"");
        }

        if (settings.Kinds is { } kinds && PullKinds.Parse(kinds) is null)
        {
            pull.Fault("kinds", "must be \"zalo\", \"all\" or a list of TypeIds like \"24,25\"");
        }

        pull.RefuseUnknown();
        return settings;
    }

    // A new preset starts from its own values; without one, what is not named stays.
    private static int? Keep(JsonInput input, string name, string? preset, int? given, int? current) =>
        input.Has(name) ? given : preset is not null ? null : current;

    private static ReconcileSettings ReadReconcile(JsonInput input, ReconcileSettings current)
    {
        if (input.IsNull("reconcile"))
        {
            return new ReconcileSettings();
        }

        if (input.Object("reconcile") is not { } reconcile)
        {
            return current;
        }

        var edition = reconcile.Choice("edition", s_editions);
        var settings = new ReconcileSettings
        {
            After = reconcile.Duration("after", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) ?? current.After,
            Edition = edition is { } e ? s_editions.First(p => p.Value == e).Key : current.Edition,
        };
        reconcile.RefuseUnknown();
        return settings;
    }

    private static UpstreamSettings? ReadUpstream(JsonInput input, UpstreamSettings? current, HubDirectory directory, bool allowPrivate)
    {
        if (input.IsNull("upstream"))
        {
            return null;
        }

        if (input.Object("upstream") is not { } upstream)
        {
            return current;
        }

        var baseUrl = ReadHook(upstream, "baseUrl", allowPrivate) ?? current?.BaseUrl;
        var apiKey = upstream.Text("apiKey", 1, 256) is { } key ? directory.Keys.Seal(key) : current?.SealedApiKey;
        var secretKey = upstream.Text("secretKey", 1, 256) is { } secret ? directory.Keys.Seal(secret) : current?.SealedSecretKey;
        var voiceBaseUrl = upstream.Has("voiceBaseUrl") ? ReadHook(upstream, "voiceBaseUrl", allowPrivate) : current?.VoiceBaseUrl;
        var patience = upstream.Duration("patience", TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(100)) ?? current?.Patience;
        var mode = upstream.Choice("mode", s_modes);
        upstream.RefuseUnknown();
        if (baseUrl is null || apiKey is null || secretKey is null)
        {
            upstream.Fault("", "needs baseUrl, apiKey and secretKey");
            return current;
        }

        return new UpstreamSettings(baseUrl, apiKey, secretKey)
        {
            VoiceBaseUrl = voiceBaseUrl,
            Patience = patience ?? UpstreamSettings.DefaultPatience,
            Relays = mode ?? current?.Relays ?? true,
        };
    }

    private static IReadOnlyList<string> ReadInboundAllow(JsonInput input, IReadOnlyList<string> current) =>
        Catalogue.InputLists.Texts(input, "inboundAllow", 1_000, 64, current, text =>
            Sending.Catalogues.Catalogue.ToNetwork(text) is null ? "must be an address or a network like 203.0.113.0/24" : null);

    // The secret before stays valid beside a new one, so that receivers can change over.
    private static IReadOnlyList<string> ReadSigning(JsonInput input, IReadOnlyList<string> current, Security.KeyRing keys)
    {
        if (input.IsNull("signingSecret"))
        {
            return [];
        }

        if (input.Text("signingSecret", 16, 256) is not { } secret || current.Any(c => keys.Unseal(c) == secret))
        {
            return current;
        }

        return [keys.Seal(secret), .. current.Take(1)];
    }

    private static string NewInboundKey() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 40);
}
