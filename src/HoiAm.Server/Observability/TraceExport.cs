using System.Diagnostics;
using HoiAm.Ledger.Tracing;
using HoiAm.Server.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace HoiAm.Server.Observability;

/// <summary>
/// Sends the hub's spans over OTLP, when somebody named where to; otherwise nobody listens and no span is made. Sampling, headers and
/// resource attributes are set by OpenTelemetry's own environment variables.
/// </summary>
internal static class TraceExport
{
    /// <summary>Begins; null when no address is set by option or environment.</summary>
    /// <exception cref="StartupException">The address cannot be used.</exception>
    public static IDisposable? Start(HubOptions options)
    {
        if (Address(options) is not { } address)
        {
            return null;
        }

        var isGrpc = Setting("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc";
        return Sdk.CreateTracerProviderBuilder()
            .AddSource(HubTrace.SourceName)
            .ConfigureResource(resource =>
            {
                if (Setting("OTEL_SERVICE_NAME") is null)
                {
                    resource.AddService("hoiam", serviceVersion: typeof(TraceExport).Assembly.GetName().Version!.ToString(3));
                }
            })
            .AddOtlpExporter(exporter =>
            {
                // HTTP unless told otherwise: it passes every proxy, and the library's own default would need HTTP/2 without TLS.
                exporter.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = isGrpc || address.IsExact ? address.Uri : new Uri(address.Uri.AbsoluteUri.TrimEnd('/') + "/v1/traces");
            })
            .Build();
    }

    /// <summary>Marks a span as one that ended badly.</summary>
    public static void Fail(Activity? span, int status)
    {
        span?.SetTag("http.response.status_code", status);
        span?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Where spans go, and whether that is already the path for traces; null for nowhere.</summary>
    /// <exception cref="StartupException">The address cannot be used.</exception>
    public static (Uri Uri, bool IsExact)? Address(HubOptions options)
    {
        var general = options.OtlpEndpoint;
        var exact = general is null ? Setting("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") : null;
        if ((exact ?? general ?? Setting("OTEL_EXPORTER_OTLP_ENDPOINT")) is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? (uri, exact is not null)
            : throw new StartupException($"--otlp-endpoint must be an http or https URL like http://127.0.0.1:4318, not '{text}'.");
    }

    private static string? Setting(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return null;
    }
}
