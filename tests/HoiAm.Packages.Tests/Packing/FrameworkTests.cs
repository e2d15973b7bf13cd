using HoiAm.Packages.Tests.Support;

namespace HoiAm.Packages.Tests.Packing;

/// <summary>The packages are for net8.0 too: packed for both frameworks, a fresh net8.0 program restores, compiles and runs.</summary>
public sealed class FrameworkTests
{
    private const string Program = """
        using HoiAm.Client;
        using HoiAm.Model;
        using HoiAm.Protocols.EsmsCallback;
        using HoiAm.Receiver;

        var reading = EsmsCallbackReader.Read("SMSID=m-1&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=850.0000&TotalReceiver=1&TotalSent=1&RequestId=&TypeId=2");
        var at = DateTimeOffset.FromUnixTimeMilliseconds(0x0123456789AB);
        Console.WriteLine($"{reading.Outcome} {MessageId.New(at)[..15]} {EsmsClient.HashPhone("0901234567")[..8]} {typeof(EsmsReceiverOptions).Name}");
        """;

    [Fact]
    public async Task Packages_AreForNet8Too_AndAFreshProgramRuns()
    {
        using var folder = new TempFolder();
        var projects = PackedFeed.Names.Select(n => $"<Project Path=\"{RepositoryRoot.File($"src/{n}/{n}.csproj")}\" />");
        await File.WriteAllTextAsync(folder.File("libraries.slnx"), $"<Solution>{string.Concat(projects)}</Solution>", Stop);
        try
        {
            await DotnetAsync(
                folder,
                ["pack", "libraries.slnx", "-p:AllFrameworks=true", "-p:ArtifactsPath=" + folder.File("artifacts"), "-p:RunAnalyzers=false", "-o", folder.File("feed"), "-nologo", "-v:q", "-p:UseSharedCompilation=false"]);
        }
        catch (Xunit.Sdk.TrueException failure) when (failure.Message.Contains("NU1101", StringComparison.Ordinal) || failure.Message.Contains("NU1301", StringComparison.Ordinal))
        {
            Assert.Skip("the reference packs of .NET 8 cannot be fetched here");
            return;
        }

        Directory.CreateDirectory(folder.File("app"));
        await File.WriteAllTextAsync(folder.File("app/app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup>
              <TargetFramework>net8.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable><RollForward>Major</RollForward>
              <RestoreAdditionalProjectSources>{folder.File("feed")}</RestoreAdditionalProjectSources><RestorePackagesPath>{folder.File("restored")}</RestorePackagesPath>
            </PropertyGroup><ItemGroup>
              <PackageReference Include="HoiAm.Client" Version="0.1.0" /><PackageReference Include="HoiAm.Receiver" Version="0.1.0" />
            </ItemGroup></Project>
            """, Stop);
        await File.WriteAllTextAsync(folder.File("app/Program.cs"), Program, Stop);
        await DotnetAsync(folder, ["build", "app/app.csproj", "-o", folder.File("out"), "-nologo", "-v:q", "-p:UseSharedCompilation=false"]);

        var said = await DotnetAsync(folder, [folder.File("out/app.dll")]);
        Assert.StartsWith("Delivered 01234567-89ab-7", said.Trim(), StringComparison.Ordinal);
        Assert.EndsWith("EsmsReceiverOptions", said.Trim(), StringComparison.Ordinal);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<string> DotnetAsync(TempFolder folder, string[] arguments) =>
        Command.RunAsync(folder.Path, "dotnet", arguments, ("MSBUILDDISABLENODEREUSE", "1"));
}
