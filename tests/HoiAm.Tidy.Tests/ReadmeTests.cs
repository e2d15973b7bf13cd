using HoiAm.Server.Hosting;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>The README's commands and addresses. Its tour is run as it stands by the end-to-end tests.</summary>
public sealed class ReadmeTests
{
    private static readonly string s_readme = RepositoryFiles.Read("README.md");

    [Fact]
    public void Readme_NamesTheTwoCommandsAndTheAddress()
    {
        Assert.Contains(new HubOptions().Urls, s_readme, StringComparison.Ordinal);
        Assert.All(["run", "test", "hoiam", "bench/compare"], (string script) =>
        {
            Assert.Contains("./" + script, s_readme, StringComparison.Ordinal);
            Assert.True(RepositoryFiles.Exists(script), script);
        });
    }

    // What this version lacks stands in the changelog, and the README sends its reader there.
    [Fact]
    public void Readme_SaysWhereToFindWhatIsMissing()
    {
        Assert.Contains("CHANGELOG.md#not-there-yet", s_readme, StringComparison.Ordinal);
        Assert.Contains("### Not there yet", RepositoryFiles.Read("CHANGELOG.md"), StringComparison.Ordinal);
    }
}
