using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Model;

namespace HoiAm.Ledger.Sqlite;

public sealed partial class SqliteStore
{
    private const string OrphanColumns =
        """
        id, at, source, vendor, address, referent_id, request_id, status_code, status, error_info, partner_id, refusal, telco, segments,
        price, event_at, raw
        """;

    private SqliteStatement? _insertReport;
    private SqliteStatement? _insertOrphan;
    private SqliteStatement? _insertOrphanReference;
    private SqliteStatement? _findOrphans;
    private SqliteStatement? _getOrphan;
    private SqliteStatement? _deleteOrphan;
    private SqliteStatement? _deleteOrphanReference;

    /// <inheritdoc/>
    public void InsertReport(ReportRow report) =>
        (_insertReport ??= Prepare(
            "INSERT INTO report (id, message, previous, at, source, vendor, status, effect, address, raw) VALUES (?,?,?,?,?,?,?,?,?,?)"))
            .Bind(report.Id).Bind(report.MessageId).Bind(report.Previous).Bind(report.AtMs).Bind((long)report.Source).Bind(report.Vendor)
            .Bind((long?)report.StatusCode).Bind((long)report.Effect).Bind(report.Address).Bind(report.Raw.Span).Execute();

    /// <inheritdoc/>
    public void InsertOrphan(OrphanRow orphan, ReadOnlySpan<long> referenceKeys)
    {
        var report = orphan.Report;
        (_insertOrphan ??= Prepare($"INSERT INTO orphan ({OrphanColumns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"))
            .Bind(orphan.Id).Bind(orphan.AtMs).Bind((long)report.Source).Bind(report.Vendor).Bind(report.Address).Bind(report.ReferentId)
            .Bind(report.RequestId).Bind((long?)report.StatusCode).Bind((long)report.Status).Bind(report.ErrorInfo).Bind(report.PartnerId)
            .Bind(report.IsRefusal ? 1 : 0L).Bind((long?)report.TelcoId).Bind((long?)report.Segments)
            .Bind(report.Price is { } price ? ReportFold.ToUnits(price) : null).Bind(report.EventTime?.ToUnixTimeMilliseconds())
            .Bind(report.Raw.Span).Execute();
        foreach (var key in referenceKeys)
        {
            (_insertOrphanReference ??= Prepare("INSERT OR IGNORE INTO orphan_reference (key, orphan) VALUES (?, ?)"))
                .Bind(key).Bind(orphan.Id).Execute();
        }

        _orphansDelta++;
    }

    /// <inheritdoc/>
    public void FindOrphans(long referenceKey, List<long> orphanIds)
    {
        var s = (_findOrphans ??= Prepare("SELECT orphan FROM orphan_reference WHERE key = ? ORDER BY orphan")).Bind(referenceKey);
        while (s.Read())
        {
            orphanIds.Add(s.Int64(0));
        }
    }

    /// <inheritdoc/>
    public OrphanRow? GetOrphan(long id)
    {
        var s = (_getOrphan ??= Prepare($"SELECT {OrphanColumns} FROM orphan WHERE id = ?")).Bind(id);
        if (!s.Read())
        {
            return null;
        }

        var row = ReadOrphan(s);
        s.Reset();
        return row;
    }

    /// <inheritdoc/>
    public void DeleteOrphan(long id)
    {
        if (GetOrphan(id) is not { } orphan)
        {
            return;
        }

        Span<long> keys = stackalloc long[OrphanKeys.Max];
        foreach (var key in keys[..OrphanKeys.Of(orphan.Report, keys)])
        {
            (_deleteOrphanReference ??= Prepare("DELETE FROM orphan_reference WHERE key = ? AND orphan = ?")).Bind(key).Bind(id).Execute();
        }

        (_deleteOrphan ??= Prepare("DELETE FROM orphan WHERE id = ?")).Bind(id).Execute();
        _orphansDelta--;
    }

    private static OrphanRow ReadOrphan(SqliteStatement s) => new()
    {
        Id = s.Int64(0),
        AtMs = s.Int64(1),
        Report = new IncomingReport
        {
            Source = (ReportSource)s.Int32(2),
            Vendor = s.Int32(3),
            Address = s.Text(4),
            ReferentId = s.NullableText(5),
            RequestId = s.NullableText(6),
            StatusCode = (int?)s.NullableInt64(7),
            Status = (ReportedStatus)s.Int32(8),
            ErrorInfo = s.NullableText(9),
            PartnerId = s.NullableText(10),
            IsRefusal = s.Int32(11) != 0,
            TelcoId = (byte?)s.NullableInt64(12),
            Segments = (int?)s.NullableInt64(13),
            Price = s.NullableInt64(14) is { } units ? ReportFold.FromUnits(units) : null,
            EventTime = s.NullableInt64(15) is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
            Raw = s.Blob(16) ?? [],
        },
    };
}
