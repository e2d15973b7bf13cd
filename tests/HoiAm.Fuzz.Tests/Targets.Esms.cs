using System.Text.Json;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Sending;

namespace HoiAm.Fuzz;

/// <summary>The eSMS calls: reading in each of their four forms, and then judging what was read, because a rule may choke on what a reader lets through.</summary>
internal static partial class Targets
{
    private static readonly AccountCatalogue s_catalogue = SandboxCatalogue.Create();
    private static readonly SendContext s_context = new() { Now = s_now, Draw = _ => 1, NewSmsId = _ => "01890a5d-ac96-774b-bcce-b302099a805742" };

    private static IEnumerable<Target> EsmsTargets()
    {
        const string Form = "ApiKey=sandbox-key&SecretKey=sandbox-secret&Phone=0901234567&Content=Xin+ch%C3%A0o&SmsType=2&Brandname=Baotrixemay&RequestId=r1&CallbackUrl=http%3A%2F%2Fx.example%2F";
        const string Xml = "<RQST><APIKEY>sandbox-key</APIKEY><SECRETKEY>sandbox-secret</SECRETKEY><ISFLASH>0</ISFLASH><SMSTYPE>2</SMSTYPE><CONTENT>Xin chao</CONTENT><BRANDNAME>Baotrixemay</BRANDNAME><CONTACTS><CUSTOMER><PHONE>0901234567</PHONE></CUSTOMER></CONTACTS></RQST>";
        const string Multipart = "--b\r\nContent-Disposition: form-data; name=\"ApiKey\"\r\n\r\nsandbox-key\r\n--b\r\nContent-Disposition: form-data; name=\"Phone\"\r\n\r\n0901234567\r\n--b--\r\n";
        yield return new("esms-json", Seeds.From("esms-json", "tests/vectors/esms-api"), input => Calls(input, "application/json", inQuery: false));
        yield return new("esms-form", Seeds.From("esms-form", null, Form, Multipart), input => Calls(input, input is [(byte)'-', ..] ? "multipart/form-data; boundary=b" : "application/x-www-form-urlencoded", inQuery: false));
        yield return new("esms-xml", Seeds.From("esms-xml", null, Xml, "<?xml version=\"1.0\"?>" + Xml), input => Calls(input, "text/xml", inQuery: false));
        yield return new("esms-get", Seeds.From("esms-get", null, Form, "?" + Form), input => Calls(input, null, inQuery: true));
        yield return new("esms-path", Seeds.From("esms-path", null, [.. EsmsRoutes.All.Select(e => "/MainService.svc/json/" + e.Path), "/MainService.svc/json/GetBalance/key/secret"]), Path);
        yield return new("mo-reply", Seeds.From("mo-reply", null, "<ClientResponse><Message>Cam on</Message><Smsid>1</Smsid><Receiver>0901234567</Receiver></ClientResponse>"), input => MoReply.TryRead(Text(input)) is not null);
    }

    // Which call it is follows from the input, so that an input alone repeats a finding.
    private static bool Calls(byte[] input, string? contentType, bool inQuery)
    {
        var hash = input.Aggregate(17u, (sum, one) => unchecked((sum * 31) + one));
        var taken = false;
        for (var i = 0u; i < 3; i++)
        {
            var endpoint = EsmsRoutes.All[(int)((hash + (i * 7)) % (uint)EsmsRoutes.All.Length)];
            var route = new EsmsRoute(endpoint, null, null);
            var request = inQuery ? EsmsRequestReader.Read(route, null, Text(input), []) : EsmsRequestReader.Read(route, contentType, null, input);
            taken |= request is not null && Judge(request);
        }

        return taken;
    }

    private static bool Judge(EsmsRequest request)
    {
        if (request is SendRequest send)
        {
            var decision = SendRules.Decide(send, s_catalogue, s_context);
            JsonDocument.Parse(SendAnswers.Write(send.Operation, decision)).Dispose();
        }
        else
        {
            QueryRules.Decide(request, s_catalogue, s_context);
        }

        return true;
    }

    private static bool Path(byte[] input)
    {
        var text = Text(input);
        foreach (var method in new[] { "GET", "POST", "DELETE" })
        {
            EsmsRoutes.TryResolve(method, text, out _);
        }

        JsonDocument.Parse(EsmsRoutes.UnknownPathBody(text)).Dispose();
        return EsmsRoutes.TryResolve("POST", text, out _) == EsmsRouteOutcome.Found;
    }
}
