using System.Buffers;
using HoiAm.Client.Transport;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.Client.Vendor;

/// <summary>Which hub, which key, how patient.</summary>
public sealed class VendorReportClientOptions
{
    /// <summary>The path behind <see cref="Address"/> (protocol F).</summary>
    public const string Path = "/api/vendor/v1/sms/callback";

    /// <summary>The receiving server, for example <c>http://127.0.0.1:8620</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>API-KEY of the vendor.</summary>
    public required string ApiKey { get; init; }

    /// <summary>Time for one attempt. Default 10 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts in all, 1 to 10. Default 5: a repeated report causes nothing, so trying again is always safe.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Pause before the second attempt; it doubles. Default 0.5 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause, also when the server asks for a longer one. Default 30 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The server, never the key.</summary>
    public override string ToString() => $"VendorReportClientOptions {{ Address = {Address} }}";
}

/// <summary>
/// Posts delivery reports as a vendor does (protocol F), to a HoiAm hub or whatever takes the same shape. Thread-safe. Whatever the server
/// answers is a reply; thrown are only <see cref="OperationCanceledException"/> for your own token and <see cref="ArgumentException"/>.
/// </summary>
public sealed class VendorReportClient
{
    private readonly HttpClient _http;
    private readonly VendorReportClientOptions _options;
    private readonly Uri _target;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Stays yours; its base address is not used.</param>
    /// <param name="options">Which hub, which key.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public VendorReportClient(HttpClient http, VendorReportClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        ServerAddress.Check(options.Address, nameof(options.Address));
        ArgumentException.ThrowIfNullOrWhiteSpace(options.ApiKey);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.AttemptTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxAttempts, 10);
        _http = http;
        _options = options;
        _target = ServerAddress.Join(options.Address, VendorReportClientOptions.Path);
    }

    /// <summary>Posts a report, again and again while the server cannot take it, with <c>retryCount</c> counted on.</summary>
    /// <param name="report">What happened.</param>
    /// <param name="cancellationToken">Gives up; the report may have been taken by then.</param>
    public async Task<VendorReportReply> ReportAsync(VendorReportMessage report, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        for (var attempts = 1; ; attempts++)
        {
            var attempt = await PostAsync(report, attempts - 1, cancellationToken).ConfigureAwait(false);
            var reply = VendorReportReply.Of(attempt, attempts);
            if (!reply.MayPass || attempts >= _options.MaxAttempts)
            {
                return reply;
            }

            var pause = Backoff.Next(attempts, attempt.RetryAfter, _options.RetryDelay, _options.MaxRetryDelay) ?? _options.MaxRetryDelay;
            await Task.Delay(pause, _options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Attempt> PostAsync(VendorReportMessage report, int retries, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(256);
        VendorReportWriter.Write(report.ToReport(retries), body);
        using var request = new HttpRequestMessage(HttpMethod.Post, _target);
        request.Headers.TryAddWithoutValidation("API-KEY", _options.ApiKey);
        request.Headers.Accept.ParseAdd("*/*");
        request.Content = new ReadOnlyMemoryContent(body.WrittenMemory);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return await Attempt.RunAsync(_http, request, _options.AttemptTimeout, _options.Time, cancellationToken).ConfigureAwait(false);
    }
}
