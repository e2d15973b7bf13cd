using System.Buffers;

namespace HoiAm.Bench;

/// <summary>The vendor's side of a .NET contender: reads the report, hands it on, answers with the vendor envelope.</summary>
internal static class VendorEndpoint
{
    private static ReadOnlySpan<byte> Head => "{\"code\":0,\"data\":"u8;

    private static ReadOnlySpan<byte> Tail => ",\"message\":\"success\",\"errors\":{},\"total_record\":0,\"current_page\":0}"u8;

    /// <summary>Builds a web application without routing, logging or configuration files around the one endpoint.</summary>
    internal static WebApplication Build(string url, Func<Report, ValueTask> accept, Action<IServiceCollection>? addServices = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.WebHost.ConfigureKestrel(static o => o.AddServerHeader = false);
        addServices?.Invoke(builder.Services);
        var app = builder.Build();
        app.Run(context => HandleAsync(context, accept));
        return app;
    }

    private static async Task HandleAsync(HttpContext context, Func<Report, ValueTask> accept)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var input = context.Request.BodyReader;
        var read = await input.ReadAsync();
        while (!read.IsCompleted)
        {
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await input.ReadAsync();
        }

        var body = read.Buffer;
        if (Report.Parse(body) is not { } report)
        {
            input.AdvanceTo(body.End);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await accept(report);
        var length = Head.Length + (int)body.Length + Tail.Length;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = length;
        var output = context.Response.BodyWriter;
        WriteEnvelope(output.GetSpan(length), body);
        output.Advance(length);
        input.AdvanceTo(body.End);
    }

    /// <summary>The accepted fields are echoed as received, so the body itself is the <c>data</c>.</summary>
    private static void WriteEnvelope(Span<byte> target, in ReadOnlySequence<byte> body)
    {
        Head.CopyTo(target);
        body.CopyTo(target[Head.Length..]);
        Tail.CopyTo(target[(Head.Length + (int)body.Length)..]);
    }
}
