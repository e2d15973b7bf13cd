using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using HoiAm.Client.Transport;
using HoiAm.Protocols.GetCallback;
using HoiAm.Protocols.Text;

namespace HoiAm.Client;

// GetCallback (protocol B), within the limits of the edition in the options.
public sealed partial class EsmsClient
{
    /// <summary>
    /// Asks for the callbacks of messages: one request. It waits for its turn in the rate, and outside the edition's hours it is not made
    /// at all (<see cref="EsmsOutcome.Withheld"/>).
    /// </summary>
    /// <param name="smsIds">As the sends returned them; no more than the edition allows (200, or 100).</param>
    /// <param name="oaId">The Official Account that sent them, which eSMS demands; null or "" to leave it out, which a hub accepts.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException">No ids, or more than one request may have: the server would silently leave the rest out.</exception>
    public async Task<EsmsPullReply> GetCallbackAsync(
        IReadOnlyCollection<string> smsIds, string? oaId = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(smsIds);
        if (smsIds.Count == 0 || smsIds.Count > _options.Pull.MaxIds)
        {
            throw new ArgumentException(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"There are {smsIds.Count} ids; accepted are 1 to {_options.Pull.MaxIds} in a request."), nameof(smsIds));
        }

        ImmutableArray<string> asked = [.. smsIds];
        var wire = GetCallbackRequestWriter.Write(new GetCallbackRequest(_options.ApiKey, _options.SecretKey, asked, oaId));
        var plan = new CallPlan(wire, _options.Gate.Pull, IsSend: false, IsRepeatable: true, ClosedFor);
        var answer = new GetCallbackAnswer { Parsed = false };
        var end = await _exchange.RunAsync(plan, body => Heard(answer = GetCallbackResponseReader.Read(body)), cancellationToken).ConfigureAwait(false);
        ImmutableArray<GetCallbackAnswerItem> items = end.Outcome == EsmsOutcome.Accepted ? [.. answer.Items] : [];
        return Fill(new EsmsPullReply { Outcome = end.Outcome, Asked = asked, Items = items }, end);
    }

    /// <summary>
    /// The same for any number of ids: request after request, each as large as the edition allows. It ends with the first reply that is no
    /// success, so that a closed window or a dead server is not asked on and on; what was not asked is what no reply names.
    /// </summary>
    /// <param name="smsIds">As the sends returned them; repeats are asked once.</param>
    /// <param name="oaId">As for <see cref="GetCallbackAsync"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async IAsyncEnumerable<EsmsPullReply> GetCallbacksAsync(
        IEnumerable<string> smsIds, string? oaId = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(smsIds);
        foreach (var chunk in smsIds.Distinct(StringComparer.Ordinal).Chunk(_options.Pull.MaxIds))
        {
            var reply = await GetCallbackAsync(chunk, oaId, cancellationToken).ConfigureAwait(false);
            yield return reply;
            if (!reply.IsSuccess)
            {
                yield break;
            }
        }
    }

    private static Heard Heard(GetCallbackAnswer answer) => new(
        answer.Parsed, answer.Code == 100, answer.Parsed ? Digits(answer.Code) : "", answer.Message);

    // How long until the hours open; null when they are open or there are none.
    private TimeSpan? ClosedFor()
    {
        if (_options.Pull.Window is not { } window)
        {
            return null;
        }

        var local = WireTime.ToVietnam(_options.Time.GetUtcNow());
        if (window.Contains(TimeOnly.FromDateTime(local)))
        {
            return null;
        }

        var opens = local.Date + window.From.ToTimeSpan();
        return (opens > local ? opens : opens.AddDays(1)) - local;
    }
}
