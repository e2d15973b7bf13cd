using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using HoiAm.Ledger.Facts;
using HoiAm.Model;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;

namespace HoiAm.Server.Admin;

/// <summary>Reads the body of <c>POST /admin/v1/messages</c>, also row by row in a batch.</summary>
internal static class MessageInput
{
    /// <summary>Most recipients of one message (contract section 4).</summary>
    public const int RecipientsMax = 5_000;

    private const int IdLengthMax = 256;

    /// <summary>The draft; null when something is wrong, which is then in <paramref name="input"/>.</summary>
    public static MessageDraft? Read(JsonInput input, JsonElement body, HubSnapshot snapshot)
    {
        Account? account = null;
        if (input.Text("account", 1, 64, required: true) is { } accountId && !snapshot.Accounts.TryGetValue(accountId, out account))
        {
            input.Fault("account", $"'{accountId}' does not exist");
        }

        var typeId = input.Number("typeId", 0, 999, required: true);
        var kind = typeId is { } id ? MessageKinds.FromTypeId(id) : null;
        if (typeId is not null && kind is null)
        {
            input.Fault("typeId", "must be one of 1, 2, 8, 23, 24, 25, 26, 27");
        }

        Vendor? vendor = null;
        if (input.Text("vendor", 1, 64) is { } vendorId && !snapshot.Vendors.TryGetValue(vendorId, out vendor))
        {
            input.Fault("vendor", $"'{vendorId}' does not exist");
        }

        var smsId = input.Text("smsId", 1, MessageId.LengthMax);
        var requestId = input.Text("requestId", 1, IdLengthMax);
        var vendorRequestId = input.Text("vendorRequestId", 1, IdLengthMax);
        var referentId = input.Text("referentId", 1, IdLengthMax);
        var oaId = input.Text("oaId", 1, 64);
        var tempId = input.Text("tempId", 1, 64);
        var callbackUrl = AccountInput.ReadHook(input, "callbackUrl", account?.Policy.AllowPrivateHooks ?? false);
        var recipients = ReadRecipients(input);
        input.RefuseUnknown();
        if (!input.IsValid)
        {
            return null;
        }

        return new MessageDraft
        {
            Account = account!.Number,
            SmsId = smsId,
            Kind = Refine(kind!.Value, recipients![0].Address),
            RequestId = requestId,
            CallbackUrl = callbackUrl,
            Vendor = vendor?.Number ?? 0,
            VendorRequestId = vendorRequestId,
            ReferentId = referentId,
            OaId = oaId,
            TempId = tempId,
            Recipients = recipients,
            Fingerprint = smsId is null ? 0 : Fingerprint(body),
        };
    }

    // ZNS addressed by Zalo user id has a layout of its own under the same TypeId (protocol A.2).
    private static MessageKind Refine(MessageKind kind, string address) =>
        kind == MessageKind.Zns && address.Length != 64 && !Msisdn.TryNormalize(address, out _) ? MessageKind.ZnsByUid : kind;

    private static List<RecipientDraft>? ReadRecipients(JsonInput input)
    {
        if (input.Element("recipients") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() is < 1 or > RecipientsMax)
        {
            input.Fault("recipients", $"must be a list of 1 to {RecipientsMax.ToString(CultureInfo.InvariantCulture)} objects like {{ \"phone\": \"0901234567\" }}");
            return null;
        }

        var recipients = new List<RecipientDraft>(list.GetArrayLength());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in list.EnumerateArray())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"recipients[{recipients.Count}].");
            var row = new JsonInput(element, name, (Dictionary<string, List<string>>)input.Faults);
            var phone = row.Text("phone", 1, 128, required: true);
            var price = row.Money("price");
            var telco = row.Number("telcoId", 0, 99);
            row.RefuseUnknown();
            var address = phone is null ? null : RecipientAddress.Normalize(phone, out _);
            if (phone is not null && address is null)
            {
                row.Fault("phone", "must be a Vietnamese mobile number in any spelling, a Zalo user id of up to 20 digits, or a SHA-256 of 64 hex digits");
            }
            else if (address is not null && !seen.Add(address))
            {
                row.Fault("phone", "is there twice");
            }

            if (input.Faults.Count > 20)
            {
                return null;
            }

            recipients.Add(new RecipientDraft(address ?? "", price ?? 0, (byte)(telco ?? 0)));
        }

        return recipients;
    }

    // White space does not count; the order of members does, since it is the identical body that may be repeated.
    private static long Fingerprint(JsonElement body)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            body.WriteTo(writer);
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(buffer.WrittenSpan, hash);
        return BitConverter.ToInt64(hash);
    }
}
