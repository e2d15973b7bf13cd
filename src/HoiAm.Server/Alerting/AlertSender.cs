using System.Globalization;
using System.Text.Json;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Json;

namespace HoiAm.Server.Alerting;

/// <summary>The bytes of alerts, one callback for each address.</summary>
/// <param name="hub">How the hub is known outside.</param>
internal sealed class AlertSender(string hub)
{
    public List<OwnCallback> Render(AlertSettings settings, IEnumerable<Alert> alerts, long nowMs)
    {
        var callbacks = new List<OwnCallback>();
        foreach (var alert in alerts)
        {
            // "text" is what the chat systems show of a posted object.
            var body = JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    type = alert.Type,
                    timestamp = DateTimeOffset.FromUnixTimeMilliseconds(nowMs).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                    hub,
                    text = alert.Sentence,
                    data = alert.Data,
                },
                Answers.Json);
            foreach (var url in settings.Urls)
            {
                var verdict = HookUrl.Check(url, allowPrivate: true);
                if (verdict.IsAccepted)
                {
                    callbacks.Add(new OwnCallback(verdict.Url, verdict.HostKey, verdict.Query, body));
                }
            }
        }

        return callbacks;
    }
}
