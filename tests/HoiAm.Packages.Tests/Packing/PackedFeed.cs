using System.Text.RegularExpressions;
using HoiAm.Packages.Tests.Packing;
using HoiAm.Packages.Tests.Support;

[assembly: AssemblyFixture(typeof(PackedFeed))]

namespace HoiAm.Packages.Tests.Packing;

/// <summary>
/// The packages as they would be published, in a folder that is the only source of a few fresh projects: one for each program that stands in
/// a package's README. Made once, when the first test asks for it, since it is the slowest thing here.
/// </summary>
public sealed partial class PackedFeed : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Lazy<Task> _ready;

    /// <summary>Makes nothing yet.</summary>
    public PackedFeed() => _ready = new Lazy<Task>(MakeAsync);

    /// <summary>The published packages.</summary>
    public static IReadOnlyList<string> Names { get; } = ["HoiAm.Model", "HoiAm.Protocols", "HoiAm.Client", "HoiAm.Receiver"];

    /// <summary>Folder with the packages.</summary>
    public string Feed => _folder.File("feed");

    /// <summary>Waits until everything is packed, restored and built.</summary>
    public Task ReadyAsync() => _ready.Value;

    /// <summary>The program of a README, by package and position: a built assembly.</summary>
    public string Program(string package, int number) => Path.Combine(_folder.File(Project(package, number)), "bin", Project(package, number) + ".dll");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The C# blocks of a package's README.</summary>
    public static IReadOnlyList<string> Blocks(string package) =>
        [.. CSharpBlock().Matches(File.ReadAllText(RepositoryRoot.File($"src/{package}/README.md")).ReplaceLineEndings("\n")).Select(m => m.Groups[1].Value)];

    private static string Project(string package, int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Uses{package["HoiAm.".Length..]}{number}");

    // Packs what this test run was built with: no second compilation, and what is tested is what would be published from here.
    private async Task MakeAsync()
    {
        var own = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var configuration = own.Equals("release", StringComparison.OrdinalIgnoreCase) ? "Release" : "Debug";
        var projects = string.Join(';', Names.Select(n => RepositoryRoot.File($"src/{n}/{n}.csproj")));
        await File.WriteAllTextAsync(_folder.File("pack.proj"), $"""
            <Project DefaultTargets="All">
              <Target Name="All">
                <MSBuild Projects="{projects}" Targets="Pack" Properties="NoBuild=true;Configuration={configuration};PackageOutputPath={Feed}" />
              </Target>
            </Project>
            """);
        await DotnetAsync("msbuild", _folder.File("pack.proj"), "-v:q", "-nologo");
        await WriteConsumersAsync();
        await DotnetAsync("build", _folder.File("all.slnx"), "-v:q", "-nologo", "-p:UseSharedCompilation=false");
    }

    // The local folder is the only source: whatever a package needs has to be in it, or in the SDK.
    private async Task WriteConsumersAsync()
    {
        await File.WriteAllTextAsync(_folder.File("nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{Feed}" /></packageSources>
            </configuration>
            """);
        await File.WriteAllTextAsync(_folder.File("Directory.Build.props"), $"""
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors><RestorePackagesPath>{_folder.File("cache")}</RestorePackagesPath>
                <OutDir>$(MSBuildProjectDirectory)/bin/</OutDir><UseAppHost>false</UseAppHost><NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
            </Project>
            """);
        var solution = new List<string>();
        foreach (var package in Names)
        {
            var sdk = package == "HoiAm.Receiver" ? "Microsoft.NET.Sdk.Web" : "Microsoft.NET.Sdk";
            foreach (var (block, i) in Blocks(package).Select((b, i) => (b, i)))
            {
                var name = Project(package, i);
                Directory.CreateDirectory(_folder.File(name));
                await File.WriteAllTextAsync(Path.Combine(_folder.File(name), "Program.cs"), block);
                await File.WriteAllTextAsync(Path.Combine(_folder.File(name), name + ".csproj"), $"""
                    <Project Sdk="{sdk}"><ItemGroup><PackageReference Include="{package}" Version="*" /></ItemGroup></Project>
                    """);
                solution.Add($"<Project Path=\"{name}/{name}.csproj\" />");
            }
        }

        await File.WriteAllTextAsync(_folder.File("all.slnx"), $"<Solution>{string.Concat(solution)}</Solution>");
    }

    private Task<string> DotnetAsync(params string[] words) => Command.RunAsync(
        _folder.Path, "dotnet", words, ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"), ("MSBUILDDISABLENODEREUSE", "1"));

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
