using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Protocols.GetCallback;

/// <summary>Writes a request for callbacks (protocol B.1), with the fields of today's edition.</summary>
public static class GetCallbackRequestWriter
{
    /// <summary>Writes one request. A null or empty OAId is left out.</summary>
    public static EsmsWireRequest Write(GetCallbackRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = new WireFields()
            .Add("ApiKey", request.ApiKey)
            .Add("SecretKey", request.SecretKey)
            .List("ListRefid", request.RefIds)
            .Add("OAId", request.OaId ?? "")
            .ToJson();
        return new EsmsWireRequest(EsmsHost.Status, "POST", "/ZaloCallback/GetCallback", "application/json", body);
    }
}
