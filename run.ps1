# A hub with the sandbox on Windows, on http://127.0.0.1:8620, with its store in .\data. Options given here win over these.
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
$dotnet = 'dotnet'
$sdks = try { & dotnet --list-sdks } catch { @() }
if (-not ($sdks -match '^10\.')) {
    $dotnet = Join-Path $root '.dotnet\dotnet.exe'
    if (-not (Test-Path $dotnet)) {
        $script = Join-Path ([IO.Path]::GetTempPath()) 'dotnet-install.ps1'
        try {
            Invoke-WebRequest -UseBasicParsing https://dot.net/v1/dotnet-install.ps1 -OutFile $script
            & $script -Channel 10.0 -InstallDir (Join-Path $root '.dotnet')
        } catch {
            Write-Error 'No .NET 10 SDK, and none could be fetched. Install it with: winget install Microsoft.DotNet.SDK.10'
            exit 2
        }
    }
}
$sources = Get-ChildItem -Recurse -File (Join-Path $root 'src'), (Join-Path $root 'Directory.*'), (Join-Path $root 'global.json') |
    Where-Object { $_.FullName -notmatch '\\(bin|obj|node_modules)\\' } | Sort-Object FullName
$hashes = ($sources | ForEach-Object { (Get-FileHash $_.FullName -Algorithm SHA256).Hash }) -join ''
$sha = [Security.Cryptography.SHA256]::Create()
$print = -join ($sha.ComputeHash([Text.Encoding]::ASCII.GetBytes($hashes))[0..7] | ForEach-Object { $_.ToString('x2') })
$app = Join-Path $root "artifacts\app\$print"
if (-not (Test-Path (Join-Path $app 'hoiam.exe'))) {
    $work = Join-Path $root "artifacts\app\.new.$PID"
    & $dotnet publish (Join-Path $root 'src\HoiAm.Cli\HoiAm.Cli.csproj') -c Release -o $work --nologo -v quiet
    if ($LASTEXITCODE -ne 0) { exit 2 }
    Move-Item $work $app
}
& (Join-Path $app 'hoiam.exe') serve --sandbox --data (Join-Path $root 'data') @args
exit $LASTEXITCODE
