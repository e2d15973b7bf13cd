using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>What a scripted provider knows of a message.</summary>
internal sealed record ProviderMessage(int TypeId, int Status, int Success, int Failed, decimal Price = 0, string? Zalo = null, bool InPull = true)
{
    /// <summary>Receivers and whether they were reached, for GetSmsReceiverStatus.</summary>
    public IReadOnlyList<(string Phone, bool Reached)> Receivers { get; init; } = [];
}

/// <summary>One question that a provider got.</summary>
internal sealed record Question(string Call, IReadOnlyList<string> Ids, DateTimeOffset At);

/// <summary>
/// A provider as its documents describe it, on a real listener: GetCallback, GetSendStatus, GetSmsReceiverStatus and QueryZnsStatus over a
/// table that the test fills. Every question is recorded under the test's clock; a fault may be switched on for all.
/// </summary>
internal sealed class ProviderScript
{
    private const string Service = "/MainService.svc/json/";
    private readonly ConcurrentQueue<Question> _questions = new();

    public ProviderScript(HookServer server)
    {
        Url = server.Url;
        server.Script("/ZaloCallback/GetCallback", call => Answer("GetCallback", Pulled, call, Ids(call)));
        server.Script(Service + "GetSendStatus", call => Answer("GetSendStatus", ids => Counters(ids[0], "CodeResponse"), call, [call.Parameter("RefId")!]));
        server.Script(Service + "GetSmsReceiverStatus_get", call => Answer("GetSmsReceiverStatus", Receivers, call, [call.Parameter("RefId")!]));
        foreach (var path in new[] { "QueryZnsStatus", "QueryZnsStatus/" })
        {
            server.Script(Service + path, call => Answer("QueryZnsStatus", Zns, call, [(string)JsonNode.Parse(call.Body)!["SmsId"]!]));
        }
    }

    public string Url { get; }

    public ConcurrentDictionary<string, ProviderMessage> Messages { get; } = new();

    public IReadOnlyList<Question> Questions => [.. _questions];

    /// <summary>An answer for every question instead of the right one; null for none.</summary>
    public HookAnswer? Fault { get; set; }

    private HookAnswer Answer(string name, Func<IReadOnlyList<string>, string> right, HookCall call, IReadOnlyList<string> ids)
    {
        _questions.Enqueue(new Question(name, ids, call.At));
        return Fault ?? new HookAnswer(200, right(ids), "Content-Type", "application/json; charset=utf-8");
    }

    private static List<string> Ids(HookCall call) =>
        JsonNode.Parse(call.Body)!["ListRefid"]!.AsArray().Select(id => (string)id!).ToList();

    private string Pulled(IReadOnlyList<string> ids) => JsonSerializer.Serialize(new
    {
        Code = 100,
        Message = "Success",
        Data_callback = ids.Where(id => Messages.TryGetValue(id, out var m) && m.InPull).Select(id => (Id: id, M: Messages[id])).Select(x => new
        {
            SMSID = x.Id,
            SendFailed = x.M.Failed,
            SendSuccess = x.M.Success,
            SendStatus = x.M.Status is 1 or 7 ? 2 : x.M.Status == 4 ? 5 : x.M.Status,
            TotalPrice = x.M.Price,
            TotalReceiver = 1,
            TotalSent = x.M.Success,
            RequestId = (string?)null,
            x.M.TypeId,
            Telcoid = 2,
            PhoneNumber = "",
            CallbackUrl = "",
            Partnerids = x.M.Success > 0 ? "aa" : "",
            ErrorInfo = x.M.Zalo ?? "",
            OAId = "",
            ZnsTempId = "",
        }),
    });

    private string Counters(string id, string codeName) => Messages.TryGetValue(id, out var m)
        ? string.Create(CultureInfo.InvariantCulture, $"{{\"{codeName}\":\"100\",\"SMSID\":\"{id}\",\"SendFailed\":{m.Failed},\"SendStatus\":{m.Status},\"SendSuccess\":{m.Success},\"TotalPrice\":{m.Price:F4},\"TotalReceiver\":{Math.Max(1, m.Receivers.Count)},\"TotalSent\":{m.Success + m.Failed}}}")
        : $$"""{"{{codeName}}":"105","ErrorMessage":"not found"}""";

    private string Receivers(IReadOnlyList<string> ids) => JsonSerializer.Serialize(new
    {
        CodeResult = "100",
        ReceiverList = Messages[ids[0]].Receivers.Select(r => new { IsSent = true, NetworkName = "Viettel", r.Phone, Retry = 0, SentResult = r.Reached }),
    });

    private string Zns(IReadOnlyList<string> ids)
    {
        if (!Messages.TryGetValue(ids[0], out var m))
        {
            return """{"CodeResult":"854","ErrorMessage":"no data"}""";
        }

        return JsonSerializer.Serialize(new
        {
            CodeResult = "100",
            Data = new
            {
                ErrorInfo = m.Status != 5 ? null : m.Success > 0 ? "0" : "-114",
                FinalStatus = m.Status is 4 or 5 ? "1" : "0",
                SMSID = ids[0],
                SendFailed = m.Failed,
                SendStatus = m.Status,
                SendSuccess = m.Success,
                TotalPrice = m.Price,
                TotalReceiver = 1,
                TotalSent = m.Success,
                ZaloMsgId = "",
            },
        });
    }
}
