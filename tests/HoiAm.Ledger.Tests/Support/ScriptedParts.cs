using System.Collections.Concurrent;
using System.Globalization;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Support;

/// <summary>Accounts that a test can change at any time. Account 1 has a hook, 2 has none, 3 wants every state.</summary>
internal sealed class ScriptedAccounts : IAccountProfiles
{
    public const int AllStates = (1 << 1) | (1 << 2) | (1 << 4) | (1 << 5) | (1 << 7);
    public const string Hook = "http://shop.example/hook";

    private readonly ConcurrentDictionary<int, AccountProfile> _accounts = new();

    public ScriptedAccounts()
    {
        Set(new(1, Hook, CallbackFormat.EsmsGet, CallbackProfile.Default, AccountProfile.FinalStates, TimeSpan.FromSeconds(1)));
        Set(new(2, null, CallbackFormat.EsmsGet, CallbackProfile.Default, AccountProfile.FinalStates, TimeSpan.FromSeconds(1)));
        Set(new(3, Hook, CallbackFormat.EsmsPostJson, CallbackProfile.Default, AllStates, TimeSpan.FromSeconds(1)));
    }

    public void Set(AccountProfile profile) => _accounts[profile.Number] = profile;

    public AccountProfile? Find(int number) => _accounts.GetValueOrDefault(number);
}

/// <summary>Writes the counters as they are at the moment into the query, so that a test can read them back.</summary>
internal sealed class ScriptedRenderer : ICallbackRenderer
{
    public RenderedCallback Render(in CallbackOrder order)
    {
        var (message, _, url, account, _, _) = order;
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"?SMSID={message.SmsId}&SendStatus={(int)message.SendStatus}&TotalReceiver={message.Total}&SendFailed={message.Finals - message.Successes}&SendSuccess={message.Successes}&TotalSent={message.HandedOver}&TotalPrice={ReportFold.FromUnits(message.Charged):F4}");
        return account.Format == CallbackFormat.EsmsPostJson
            ? new(url ?? "", HostKey(url), "", System.Text.Encoding.ASCII.GetBytes(query))
            : new(url ?? "", HostKey(url), query, null);
    }

    private static string HostKey(string? url) => url is null ? "" : new Uri(url).GetLeftPart(UriPartial.Authority).ToLowerInvariant();
}
