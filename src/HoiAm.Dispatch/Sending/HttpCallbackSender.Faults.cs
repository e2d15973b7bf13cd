using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Sending;

/// <summary>From exceptions and statuses to outcomes and sentences. No sentence holds any part of the URL's query.</summary>
public sealed partial class HttpCallbackSender
{
    private static (AttemptOutcome Outcome, string Sentence) Read(Exception failure, CallbackRequest request, HookPolicy policy, bool isOver)
    {
        if (ConnectFailure.In(failure) is { } connect)
        {
            return (Outcome(connect.Fault), connect.Message);
        }

        if (failure is OperationCanceledException || isOver)
        {
            var ms = ((long)policy.Retry.Timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            return request.BeganConnecting && !request.Connected
                ? (AttemptOutcome.TimedOut, $"No connection within {ms} ms.")
                : (AttemptOutcome.TimedOut, $"No complete answer headers within {ms} ms.");
        }

        return (failure as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError => (AttemptOutcome.TlsFailed, TlsSentence(failure)),
            HttpRequestError.InvalidResponse => (AttemptOutcome.ProtocolError, "What came back is no HTTP answer."),
            HttpRequestError.HttpProtocolError => (AttemptOutcome.ProtocolError, "What came back breaks the rules of HTTP."),
            HttpRequestError.ConfigurationLimitExceeded =>
                (AttemptOutcome.ProtocolError, $"The answer's headers are longer than {Defaults.ResponseHeadersKiBMax} KiB."),
            HttpRequestError.VersionNegotiationError => (AttemptOutcome.ProtocolError, "The server does not speak HTTP/1.1."),
            HttpRequestError.NameResolutionError => (AttemptOutcome.DnsFailed, "The host's name could not be resolved."),
            HttpRequestError.ResponseEnded => (AttemptOutcome.ConnectionReset, "The server closed the connection before the end of the answer's headers."),
            _ => ByCause(failure),
        };
    }

    private static (AttemptOutcome Outcome, string Sentence) ByCause(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationException:
                    return (AttemptOutcome.TlsFailed, TlsSentence(failure));
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return (AttemptOutcome.ConnectionRefused, "Nobody listens at the host's address and port.");
                case SocketException { SocketErrorCode: SocketError.TimedOut }:
                    return (AttemptOutcome.TimedOut, "The connection died without a word.");
                default:
                    break;
            }
        }

        return (AttemptOutcome.ConnectionReset, "The connection broke before the end of the answer's headers.");
    }

    private static string TlsSentence(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException && cause.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase))
            {
                return "TLS failed: the server's certificate is not trusted for this name.";
            }
        }

        return "TLS failed: the handshake broke off.";
    }

    private static AttemptOutcome Outcome(ConnectFault fault) => fault switch
    {
        ConnectFault.Unresolved => AttemptOutcome.DnsFailed,
        ConnectFault.Blocked => AttemptOutcome.Blocked,
        ConnectFault.Refused => AttemptOutcome.ConnectionRefused,
        ConnectFault.TimedOut => AttemptOutcome.TimedOut,
        _ => AttemptOutcome.ConnectionReset,
    };

    private static string Sentence(AttemptOutcome outcome, int status) => outcome switch
    {
        AttemptOutcome.Redirected => string.Create(CultureInfo.InvariantCulture, $"The server answered {status}; redirects are not followed, so give the final URL."),
        AttemptOutcome.TimedOut => string.Create(CultureInfo.InvariantCulture, $"The server answered {status}, which counts as a time-out."),
        _ => string.Create(CultureInfo.InvariantCulture, $"The server answered {status}, which does not acknowledge."),
    };

    private Attempt Failed(DueCallback callback, DateTimeOffset at, long began, AttemptOutcome outcome, string sentence) => new()
    {
        Number = callback.Attempts + 1,
        At = at,
        DurationMs = DurationMs(began),
        Outcome = outcome,
        Error = sentence,
    };

    private int DurationMs(long began) => (int)Math.Min(int.MaxValue, Math.Max(0, _clock.GetElapsedTime(began).TotalMilliseconds));
}
