using System.Buffers;
using System.Globalization;
using System.Text.Json;
using HoiAm.Ledger;
using HoiAm.Ledger.Facts;
using HoiAm.Server.Directory;
using HoiAm.Server.Ingest;
using HoiAm.Server.Json;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>
/// <c>POST /admin/v1/messages/batch</c>: NDJSON in, NDJSON out, a result row for each row in its order. Rows are independent: a faulty one
/// does not stop the others. All good rows are entered in one durable transaction before the answer begins.
/// </summary>
internal sealed class MessageBatch(HubDirectory directory, MessageLedger ledger)
{
    /// <summary>Most rows of one batch (contract section 4).</summary>
    public const int RowsMax = 1_000;

    /// <summary>Largest batch in bytes.</summary>
    public const int BytesMax = 32 << 20;

    public async Task<IResult> RegisterAsync(AdminCall call)
    {
        var body = await BoundedBody.ReadAsync(call.Context.Request, BytesMax).ConfigureAwait(false);
        if (body is null)
        {
            return Answers.Problem(413, "Too large.", "A batch may have at most 32 MiB; send several.");
        }

        var rows = Split(body);
        if (rows.Count is 0 or > RowsMax)
        {
            return Answers.Invalid("body", string.Create(
                CultureInfo.InvariantCulture, $"must be 1 to {RowsMax} lines, each a JSON object like the body of POST /admin/v1/messages; it has {rows.Count}"));
        }

        var snapshot = directory.Current;
        var drafts = new List<MessageDraft>(rows.Count);
        var faults = new string?[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            faults[i] = Read(body.AsMemory(rows[i]), snapshot, out var draft);
            if (draft is not null)
            {
                drafts.Add(draft);
            }
        }

        var registrations = drafts.Count == 0 ? [] : await ledger.RegisterAsync(drafts).ConfigureAwait(false);
        return Results.Bytes(Write(faults, registrations), "application/x-ndjson; charset=utf-8");
    }

    private static string? Read(ReadOnlyMemory<byte> row, HubSnapshot snapshot, out MessageDraft? draft)
    {
        draft = null;
        try
        {
            using var document = JsonBody.Parse(row, 16);
            var input = new JsonInput(document.RootElement);
            draft = input.IsValid ? MessageInput.Read(input, document.RootElement, snapshot) : null;
            return draft is null ? string.Join("; ", input.Faults.Select(f => $"{f.Key} {string.Join(", ", f.Value)}")) : null;
        }
        catch (JsonException)
        {
            return "the line is not a JSON object";
        }
    }

    private static byte[] Write(string?[] faults, IReadOnlyList<Registration> registrations)
    {
        var output = new ArrayBufferWriter<byte>(faults.Length * 80);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = Answers.Json.Encoder, SkipValidation = true });
        var next = 0;
        for (var i = 0; i < faults.Length; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("row"u8, i + 1);
            if (faults[i] is { } fault)
            {
                json.WriteNumber("status"u8, 400);
                json.WriteString("error"u8, fault);
            }
            else
            {
                var registration = registrations[next++];
                json.WriteNumber("status"u8, registration.Result switch
                {
                    RegistrationResult.Created => 201,
                    RegistrationResult.Unchanged => 200,
                    _ => 409,
                });
                json.WriteString("smsId"u8, registration.SmsId);
                if (registration.Result == RegistrationResult.Conflict)
                {
                    json.WriteString("error"u8, "there is another message with this smsId"u8);
                }
            }

            json.WriteEndObject();
            json.Flush();
            json.Reset();
            output.Write("\n"u8);
        }

        return output.WrittenSpan.ToArray();
    }

    private static List<Range> Split(ReadOnlySpan<byte> body)
    {
        var rows = new List<Range>();
        var at = 0;
        while (at < body.Length)
        {
            var end = body[at..].IndexOf((byte)'\n');
            var stop = end < 0 ? body.Length : at + end;
            if (!body[at..stop].Trim(" \t\r"u8).IsEmpty)
            {
                rows.Add(at..stop);
            }

            at = stop + 1;
        }

        return rows;
    }
}
