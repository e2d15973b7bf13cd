using System.Text.RegularExpressions;
using HoiAm.Dispatch;
using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Hosting;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>docs/operating.md names what an operator meets: metrics, options, recorded actions, limits. All of it and nothing that is gone.</summary>
public sealed partial class OperatingPageTests
{
    private static readonly string s_page = RepositoryFiles.Read("docs/operating.md");

    // The receiver runs in other people's programs: its instruments are on its own page.
    private static readonly string s_sources = string.Join(
        '\n', RepositoryFiles.CSharp("src/").Where(f => !f.StartsWith("src/HoiAm.Receiver/", StringComparison.Ordinal)).Select(RepositoryFiles.Read));

    [Fact]
    public void EveryMetric_IsOnThePage_AndEveryMetricOnThePageExists()
    {
        var made = Instrument().Matches(s_sources).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.NotEmpty(made);
        Assert.Equal(made, MetricSpan().Matches(s_page).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryMetricOfTheReceiver_IsOnThePackagesPage()
    {
        var sources = string.Join('\n', RepositoryFiles.CSharp("src/HoiAm.Receiver/").Select(RepositoryFiles.Read));
        var made = Instrument().Matches(sources).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.NotEmpty(made);
        Assert.Equal(made, MetricSpan().Matches(RepositoryFiles.Read("docs/packages.md")).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryMeter_IsOnThePage() =>
        Assert.All(Meter().Matches(s_sources).Select(m => m.Groups[1].Value), name => Assert.Contains($"`{name}`", s_page, StringComparison.Ordinal));

    [Fact]
    public void EveryRecordedAction_IsOnThePage()
    {
        var actions = AuditAction().Matches(s_sources).SelectMany(m => QuotedWord().Matches(m.Value)).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(actions);
        Expect.None(actions.Where(a => !s_page.Contains($"`{a}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void EveryOptionOfServe_IsOnThePage()
    {
        var options = ServeOption().Matches(RepositoryFiles.Read("src/HoiAm.Cli/Commands/ServeCommand.cs")).Select(m => m.Groups[1].Value).ToList();

        Assert.True(options.Count >= typeof(HubOptions).GetProperties().Length);
        Assert.All(options, o => Assert.Contains($"`{o}`", s_page, StringComparison.Ordinal));
    }

    // The figures are compared with the code, so that a changed default changes the page.
    [Fact]
    public void LimitsInForce_AreThoseOfTheCode()
    {
        var retry = RetryPolicy.Default;
        var writer = new WriterOptions();
        var lanes = new DispatcherOptions();
        string[] rows =
        [
            $"| Retries after the first try | {retry.MaxRetries} |",
            $"| Time for a try | {retry.Timeout.TotalSeconds:0} s |",
            $"| Time for connecting | {retry.ConnectTimeout.TotalSeconds:0} s |",
            $"| Tries at once per hook | {new HookPolicy().MaxConcurrency} |",
            $"| Tries at once per host and port | {lanes.HostConcurrencyMax} |",
            $"| Callbacks in memory | {lanes.SeatsTotal:#,0} |",
            $"| Callbacks in memory per hook | {lanes.SeatsPerLane:#,0} |",
            $"| Failures in a row that open a breaker | {Defaults.BreakerThreshold} |",
            $"| Time behind an open breaker | {Defaults.ExpireAfter.TotalHours:0} h |",
            $"| Commands in one commit | {writer.GroupCountMax:#,0} |",
            $"| Writes that may wait | {writer.QueueMax:#,0} |",
        ];

        Assert.All(rows, row => Assert.Contains(row, s_page, StringComparison.Ordinal));
    }

    [GeneratedRegex("""Create(?:Observable)?(?:Counter|UpDownCounter|Gauge|Histogram)(?:<\w+>)?\(\s*"([^"]+)""")]
    private static partial Regex Instrument();

    [GeneratedRegex("`(hoiam\\.[a-z._]+)`")]
    private static partial Regex MetricSpan();

    [GeneratedRegex("""(?:new Meter\(|Meter _meter = new\(|MeterName = )"([^"]+)""")]
    private static partial Regex Meter();

    [GeneratedRegex("""Audit\.Write\(\s*[^;]+;""")]
    private static partial Regex AuditAction();

    [GeneratedRegex("\"([a-z]+(?:\\.[a-z]+)+)\"")]
    private static partial Regex QuotedWord();

    [GeneratedRegex("(?:Text|Flag)\\(\"(--[a-z-]+)\"")]
    private static partial Regex ServeOption();
}
