using HoiAm.Packages.Tests.Support;

namespace HoiAm.Packages.Tests.Packing;

/// <summary>The published libraries may be trimmed and compiled ahead of time: the SDK's own analyzers find nothing in them.</summary>
public sealed class TrimTests
{
    [Fact]
    public async Task Libraries_AreSafeToTrim()
    {
        using var folder = new TempFolder();
        string output;
        try
        {
            output = await Command.RunAsync(
                folder.Path,
                "dotnet",
                ["build", RepositoryRoot.File("samples/Shop/Shop.csproj"), "-p:TrimCheck=true", "-p:RestoreLockedMode=false", "-p:RestorePackagesWithLockFile=false", "-p:ArtifactsPath=" + folder.File("artifacts"), "-nologo", "-v:m", "-p:UseSharedCompilation=false"],
                ("MSBUILDDISABLENODEREUSE", "1"));
        }
        catch (Xunit.Sdk.TrueException failure) when (failure.Message.Contains("NU1101", StringComparison.Ordinal) || failure.Message.Contains("NU1301", StringComparison.Ordinal))
        {
            Assert.Skip("the analyzer's package cannot be fetched here");
            return;
        }

        // A build that had left the analyzer out would be just as quiet.
        Assert.True(File.Exists(Path.Combine(folder.File("artifacts"), "obj", "HoiAm.Receiver", "project.assets.json")));
        Assert.Contains("Microsoft.NET.ILLink.Tasks", await File.ReadAllTextAsync(Path.Combine(folder.File("artifacts"), "obj", "HoiAm.Receiver", "project.assets.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("warning IL", output, StringComparison.Ordinal);
    }
}
