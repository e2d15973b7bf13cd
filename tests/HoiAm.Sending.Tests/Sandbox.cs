using System.Text;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests;

/// <summary>The shortest way from a request as a client writes it to the answer as the client reads it.</summary>
internal static class Sandbox
{
    /// <summary>The moment of every request: 2026-01-01 07:00 in Vietnam.</summary>
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public const string SmsId = "01890a5d-ac96-774b-bcce-b302099a805742";

    public static readonly AccountCatalogue Catalogue = SandboxCatalogue.Create();

    public static SendContext Context { get; } = new() { Now = Now, Draw = _ => 1, NewSmsId = _ => SmsId };

    /// <summary>Reads a POST; null when undecodable.</summary>
    public static EsmsRequest? Post(string path, string body, string? contentType = "application/json") =>
        Read("POST", path, "", Encoding.UTF8.GetBytes(body), contentType);

    /// <summary>Reads a GET.</summary>
    public static EsmsRequest? Get(string path, string query) => Read("GET", path, query, [], null);

    public static EsmsRequest? Read(string method, string path, string query, byte[] body, string? contentType)
    {
        Assert.Equal(EsmsRouteOutcome.Found, EsmsRoutes.TryResolve(method, "/MainService.svc/json/" + path, out var route));
        return EsmsRequestReader.Read(route, contentType, query, body);
    }

    public static SendDecision Decide(EsmsRequest? request, AccountCatalogue? catalogue = null) =>
        SendRules.Decide(Assert.IsAssignableFrom<SendRequest>(request), catalogue ?? Catalogue, Context);

    /// <summary>The body that the client gets.</summary>
    public static string Answer(EsmsRequest? request, AccountCatalogue? catalogue = null) => request is null
        ? Encoding.UTF8.GetString(EsmsResponses.InvalidRequest)
        : Encoding.UTF8.GetString(SendAnswers.Write(request.Operation, Decide(request, catalogue)));

    public static string Text(byte[] body) => Encoding.UTF8.GetString(body);
}
