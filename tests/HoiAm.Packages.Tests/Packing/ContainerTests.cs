using System.Text.Json;
using HoiAm.Packages.Tests.Support;

namespace HoiAm.Packages.Tests.Packing;

/// <summary>The settings of the container image as the SDK works them out. The image itself needs a registry, which tests have not.</summary>
public sealed class ContainerTests
{
    [Fact]
    public async Task Image_IsAspNetCoreForLinuxAndServesOnAVolume()
    {
        using var folder = new TempFolder();
        var output = await Command.RunAsync(
            folder.Path,
            "dotnet",
            [
                "msbuild", RepositoryRoot.File("src/HoiAm.Cli/HoiAm.Cli.csproj"), "-t:ComputeContainerBaseImage", "-p:Configuration=Release", "-nologo",
                "-getProperty:ContainerBaseImage,ContainerRepository,ContainerRuntimeIdentifier,_IsMultiRIDBuild,ContainerImageTags,Version,EnableSdkContainerSupport",
                "-getItem:ContainerPort,ContainerEnvironmentVariable,ContainerDefaultArgs",
            ],
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
            ("DOTNET_NOLOGO", "1"),
            ("MSBUILDDISABLENODEREUSE", "1"));
        using var document = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        var properties = document.RootElement.GetProperty("Properties");
        var items = document.RootElement.GetProperty("Items");

        // The plain runtime's image would not start it: that is what the SDK takes when the reference is only handed down.
        Assert.Contains("dotnet/aspnet:10.0-", Text(properties, "ContainerBaseImage"), StringComparison.Ordinal);
        Assert.Equal(("hoiam", "linux-x64", "true"), (Text(properties, "ContainerRepository"), Text(properties, "ContainerRuntimeIdentifier"), Text(properties, "EnableSdkContainerSupport")));
        Assert.Equal(Text(properties, "Version") + ";latest", Text(properties, "ContainerImageTags"));
        Assert.Equal(["8620"], items.GetProperty("ContainerPort").EnumerateArray().Select(p => Text(p, "Identity")));
        Assert.Equal(["serve"], items.GetProperty("ContainerDefaultArgs").EnumerateArray().Select(p => Text(p, "Identity")));
        Assert.Equal(
            [("HOIAM_DATA", "/data"), ("HOIAM_URLS", "http://0.0.0.0:8620")],
            items.GetProperty("ContainerEnvironmentVariable").EnumerateArray().Select(v => (Text(v, "Identity"), Text(v, "Value"))).Order());
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
