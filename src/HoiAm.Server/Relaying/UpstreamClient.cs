using System.Globalization;
using HoiAm.Dispatch.Sending;
using HoiAm.Protocols.Upstream;
using HoiAm.Server.Directory;

namespace HoiAm.Server.Relaying;

/// <summary>What became of a call to an upstream.</summary>
internal enum UpstreamEnd
{
    /// <summary>It accepted: 100, or 146, which has an SMSID too.</summary>
    Accepted,

    /// <summary>It refused clearly.</summary>
    Refused,

    /// <summary>Surely nothing was done.</summary>
    NotSent,

    /// <summary>Nobody knows.</summary>
    Unknown,
}

/// <summary>The end of a call to an upstream.</summary>
/// <param name="End">What became of it.</param>
/// <param name="Answer">The answer as far as it could be read.</param>
/// <param name="Raw">Status, type and bytes as they came; what they say is passed on when it is an eSMS answer.</param>
/// <param name="Sentence">For people; null when all is well.</param>
internal sealed record UpstreamReply(UpstreamEnd End, UpstreamAnswer? Answer, GuardedAnswer Raw, string? Sentence);

/// <summary>Calls an account's upstream and says plainly what came back.</summary>
internal sealed class UpstreamClient(GuardedClient http, HubDirectory directory)
{
    private const string Service = "/MainService.svc/json";

    /// <summary>A send. Whatever is neither a clear answer nor surely unsent is unknown.</summary>
    public async Task<UpstreamReply> SendAsync(Account account, UpstreamRequest request, bool isVoice, TimeSpan timeout)
    {
        var raw = await CallAsync(account, request, isVoice, timeout).ConfigureAwait(false);
        var answer = raw.End == GuardedEnd.Answered ? UpstreamAnswer.Read(raw.Body) : null;
        return Judge(raw, answer);
    }

    /// <summary>A call as it is; the caller of this looks at the answer.</summary>
    public Task<GuardedAnswer> CallAsync(Account account, UpstreamRequest request, bool isVoice, TimeSpan timeout)
    {
        var upstream = account.Settings.Upstream!;
        return http.SendAsync(
            new GuardedRequest(request.Method, Url(isVoice ? upstream.VoiceBaseUrl ?? upstream.BaseUrl : upstream.BaseUrl, request))
            {
                Body = request.Body,
                ContentType = request.ContentType,
                AllowPrivate = account.Policy.AllowPrivateHooks,
                Timeout = timeout,
            },
            CancellationToken.None);
    }

    /// <summary>The changes that every call gets; null when the keys were sealed under another hub key.</summary>
    public UpstreamChanges? Keys(Account account) =>
        directory.Keys.Unseal(account.Settings.Upstream!.SealedApiKey) is { } key && directory.Keys.Unseal(account.Settings.Upstream.SealedSecretKey) is { } secret
            ? new UpstreamChanges(key, secret)
            : null;

    // The documented base may be given with or without the path that all calls share.
    private static string Url(string baseUrl, UpstreamRequest request)
    {
        var root = baseUrl.TrimEnd('/');
        root = root.EndsWith(Service, StringComparison.OrdinalIgnoreCase) ? root[..^Service.Length].TrimEnd('/') : root;
        return root + request.Path + request.Query;
    }

    private static UpstreamReply Judge(GuardedAnswer raw, UpstreamAnswer? answer)
    {
        if (raw.End != GuardedEnd.Answered)
        {
            return new UpstreamReply(raw.End == GuardedEnd.NotSent ? UpstreamEnd.NotSent : UpstreamEnd.Unknown, null, raw, raw.Sentence);
        }

        var isSuccess = raw.Status is >= 200 and < 300;
        if (answer is not null && (isSuccess || raw.Status is >= 400 and < 500 and not 408))
        {
            var hasId = answer.Rows.Count > 0 || answer.SmsId.Length > 0;
            return answer.IsSuccess && !(isSuccess && hasId)
                ? new UpstreamReply(UpstreamEnd.Unknown, answer, raw, "The upstream answered 100 without an SMSID.")
                : new UpstreamReply(hasId && isSuccess && (answer.Code is "100" or "146") ? UpstreamEnd.Accepted : UpstreamEnd.Refused, answer, raw, null);
        }

        var status = raw.Status.ToString(CultureInfo.InvariantCulture);
        return raw.Status is >= 400 and < 500 and not 408
            ? new UpstreamReply(UpstreamEnd.NotSent, null, raw, $"The upstream's address answered HTTP {status}: it does not serve this call.")
            : new UpstreamReply(UpstreamEnd.Unknown, null, raw, isSuccess
                ? "The upstream's answer is no eSMS answer."
                : $"The upstream answered HTTP {status}, which does not tell whether it took the message.");
    }
}
