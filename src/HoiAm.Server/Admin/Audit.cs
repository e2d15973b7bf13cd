using System.Data.Common;
using HoiAm.Server.Json;
using HoiAm.Server.Privacy;

namespace HoiAm.Server.Admin;

/// <summary>Who did what. Entries are written in the transaction of the change they tell of.</summary>
internal static class Audit
{
    public static void Write(DbConnection connection, AdminPrincipal who, string action, string subject, DateTimeOffset now, string? detail = null) =>
        connection.Execute(
            "INSERT INTO audit (at, who, role, action, subject, detail, source) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6)",
            now,
            who.Name,
            who.Role,
            action,
            subject,
            detail,
            who.Source);

    /// <summary><c>GET /admin/v1/audit</c>, newest first.</summary>
    public static void Map(AdminRoutes routes, Func<DbConnection> open) => routes.Get("/audit", call =>
    {
        var paging = Paging.Read(call);
        using var connection = open();
        var rows = connection.Query(
            "SELECT id, at, who, role, action, subject, detail, source FROM audit WHERE id < @p0 ORDER BY id DESC LIMIT @p1",
            r => (Id: r.GetInt64(0), At: r.GetInt64(1), Who: r.GetString(2), Role: r.GetString(3), Action: r.GetString(4), Subject: r.GetString(5), Detail: r.TextOrNull(6), Source: r.TextOrNull(7)),
            paging.Cursor ?? long.MaxValue,
            paging.Limit + 1);
        return Task.FromResult(Answers.Ok(paging.Page(rows, r => r.Id, r => new
        {
            id = r.Id,
            at = Answers.Time(r.At),
            who = r.Who,
            role = r.Role,
            source = r.Source,
            action = r.Action,
            subject = call.Principal.MasksNumbers ? NumberText.Hide(r.Subject) : r.Subject,
            detail = call.Principal.MasksNumbers ? NumberText.Hide(r.Detail) : r.Detail,
        })));
    });
}
