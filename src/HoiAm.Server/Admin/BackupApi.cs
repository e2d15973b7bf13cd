using HoiAm.Server.Hosting;
using HoiAm.Server.Json;
using HoiAm.Server.Moving;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary><c>POST /admin/v1/backup</c>: a copy of the embedded store in the folder that the operator named, and nowhere else.</summary>
internal sealed class BackupApi(HubServices hub) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    public void Map(AdminRoutes routes) => routes.Map("POST", "/backup", Permission.Administer, scoped: false, MakeAsync);

    public void Dispose() => _one.Dispose();

    private async Task<IResult> MakeAsync(AdminCall call)
    {
        if (hub.Options.Postgres is not null)
        {
            return Answers.Problem(409, "Not here.", "This hub keeps everything in PostgreSQL: back that database up with its own tools.");
        }

        if (hub.Options.Backups is not { } folder)
        {
            return Answers.Problem(409, "No folder.", "Start the hub with --backups and a folder, or use hoiam backup on its machine.");
        }

        if (!await _one.WaitAsync(0).ConfigureAwait(false))
        {
            return Answers.Problem(409, "Under way.", "A backup is being made; ask again when it is done.");
        }

        try
        {
            var begun = hub.Time.GetTimestamp();

            // It goes on when the caller hangs up: a proxy's patience must not decide whether there is a backup.
            var made = await Task.Run(() =>
            {
                System.IO.Directory.CreateDirectory(folder);
                return StoreBackup.Make(hub.Options.Data, folder, hub.Time, overwrite: false, withKey: false, (_, _) => { }, CancellationToken.None);
            }).ConfigureAwait(false);
            var now = hub.Time.GetUtcNow();
            await hub.Ledger.WriteAsync(connection =>
            {
                Audit.Write(connection, call.Principal, "backup.make", Path.GetFileName(made.File), now);
                return true;
            }).ConfigureAwait(false);
            return Answers.Created(new
            {
                file = made.File, bytes = made.Bytes, schema = made.Schema, sha256 = made.Sha256, tookMs = (long)hub.Time.GetElapsedTime(begun).TotalMilliseconds,
            });
        }
        catch (Exception error) when (error is StartupException or IOException or UnauthorizedAccessException)
        {
            return Answers.Problem(500, "No backup.", error.Message);
        }
        finally
        {
            _one.Release();
        }
    }
}
