using System.Text.Json;
using System.Text.RegularExpressions;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>What is handed to Prometheus, Grafana and systemd names what the hub really has.</summary>
public sealed partial class DeployFilesTests
{
    private const string Rules = "deploy/alerts.yml";
    private const string Dashboard = "deploy/grafana.json";

    // As /metrics spells them: docs/operating.md is held against the instruments by a test of its own.
    private static readonly HashSet<string> s_metrics = MetricRow().Matches(RepositoryFiles.Read("docs/operating.md"))
        .SelectMany(m => Spellings(m.Groups[1].Value.Replace('.', '_'), m.Groups[2].Value)).ToHashSet(StringComparer.Ordinal);

    [Fact]
    public void EveryMetricOfTheRules_Exists()
    {
        Assert.True(s_metrics.Count > 20);
        Expect.None(Named(RepositoryFiles.Read(Rules)).Where(n => !s_metrics.Contains(n)));
    }

    [Fact]
    public void EveryMetricOfTheDashboard_Exists_AndEveryPanelSaysWhenThereIsNoData()
    {
        using var document = JsonDocument.Parse(RepositoryFiles.Read(Dashboard));
        var panels = document.RootElement.GetProperty("panels").EnumerateArray().ToList();

        Assert.NotEmpty(panels);
        Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, p => Assert.Equal("no data", p.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("noValue").GetString()));
        var targets = panels.SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!).ToList();
        Assert.All(targets, t => Assert.NotEmpty(Named(t)));
        Expect.None(targets.SelectMany(Named).Distinct().Where(n => !s_metrics.Contains(n)));
    }

    [Fact]
    public void TheRules_AreYaml_AndEachHasWhatPrometheusAsksFor()
    {
        var root = Assert.IsType<Dictionary<string, object?>>(PlainYaml.Parse(RepositoryFiles.Read(Rules)));
        var group = Assert.IsType<Dictionary<string, object?>>(Assert.Single(Assert.IsType<List<object?>>(root["groups"])));
        var rules = Assert.IsType<List<object?>>(group["rules"]).Cast<Dictionary<string, object?>>().ToList();

        Assert.True(rules.Count > 8);
        Assert.Equal(rules.Count, rules.Select(r => r["alert"]).Distinct().Count());
        Assert.All(rules, rule =>
        {
            Assert.NotEmpty((string)rule["expr"]!);
            Assert.Contains(((Dictionary<string, object?>)rule["labels"]!)["severity"], new object[] { "page", "warn" });
            Assert.Equal(["summary", "action"], ((Dictionary<string, object?>)rule["annotations"]!).Keys);
        });

        // A rule over numbers is silent when there are none, so the two that matter most ask for their absence.
        Assert.All(new[] { "HoiAmDown", "HoiAmNoReports" }, name => Assert.Contains("absent(", (string)rules.Single(r => (string)r["alert"]! == name)["expr"]!, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a: 1\n  b: 2")]
    [InlineData("a:\n  - x\n b: 2")]
    [InlineData("a: \"open")]
    [InlineData("a: 1\na: 2")]
    [InlineData("a: b: c")]
    public void WhatIsNoYaml_IsSeen(string text) => Assert.Throws<FormatException>(() => PlainYaml.Parse(text));

    [Fact]
    public void TheUnit_StartsAndStopsAsTheHubDoes()
    {
        var unit = RepositoryFiles.Read("deploy/systemd/hoiam@.service");
        var options = ServeOption().Matches(RepositoryFiles.Read("src/HoiAm.Cli/Commands/ServeCommand.cs")).Select(m => m.Groups[1].Value.Replace("-", "", StringComparison.Ordinal));

        Expect.None(Setting().Matches(unit).Select(m => m.Groups[1].Value.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant()).Except(options));
        Assert.Contains(" serve", unit, StringComparison.Ordinal);
        var patience = int.Parse(StopTime().Match(unit).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(patience >= 20, "systemd would kill a hub that is still writing down what it did.");
    }

    [Fact]
    public void TheBackupUnit_SavesTheFolderThatTheHubUses_AsTheUserThatItIs()
    {
        var hub = RepositoryFiles.Read("deploy/systemd/hoiam@.service");
        var backup = RepositoryFiles.Read("deploy/systemd/hoiam-backup@.service");
        var folder = DataFolder().Match(hub).Groups[1].Value;

        Assert.Contains($"hoiam backup /var/backups/hoiam --data {folder}\n", backup, StringComparison.Ordinal);
        Assert.Equal(User().Match(hub).Value, User().Match(backup).Value);
        Assert.Contains("new Command(\"backup\"", RepositoryFiles.Read("src/HoiAm.Cli/Commands/BackupCommands.cs"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Spellings(string name, string kind) => kind switch
    {
        "counter" => [name + "_total"],
        "histogram" => [name + "_seconds_bucket", name + "_seconds_sum", name + "_seconds_count"],
        _ => [name],
    };

    private static IEnumerable<string> Named(string text) => Metric().Matches(text).Select(m => m.Value).Distinct();

    [GeneratedRegex("\\| `(hoiam\\.[a-z._]+)` \\| (counter|gauge|histogram) \\|")]
    private static partial Regex MetricRow();

    [GeneratedRegex("\\bhoiam_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("(?:Text|Flag)\\(\"--([a-z-]+)\"")]
    private static partial Regex ServeOption();

    [GeneratedRegex("HOIAM_([A-Z_]+)=")]
    private static partial Regex Setting();

    [GeneratedRegex("HOIAM_DATA=(\\S+)")]
    private static partial Regex DataFolder();

    [GeneratedRegex("^User=\\S+$", RegexOptions.Multiline)]
    private static partial Regex User();

    [GeneratedRegex("TimeoutStopSec=(\\d+)")]
    private static partial Regex StopTime();
}
