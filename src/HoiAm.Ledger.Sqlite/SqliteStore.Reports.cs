using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;

namespace HoiAm.Ledger.Sqlite;

public sealed partial class SqliteStore
{
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
            $"INSERT INTO report ({StoredRows.ReportColumns}) VALUES (?,?,?,?,?,?,?,?,?,?)"))
            .Bind(report.Id).Bind(report.MessageId).Bind(report.Previous).Bind(report.AtMs).Bind((long)report.Source).Bind(report.Vendor)
            .Bind((long?)report.StatusCode).Bind((long)report.Effect).Bind(report.Address).Bind(report.Raw.Span).Execute();

    /// <inheritdoc/>
    public void InsertOrphan(OrphanRow orphan, ReadOnlySpan<long> referenceKeys)
    {
        var report = orphan.Report;
        (_insertOrphan ??= Prepare($"INSERT INTO orphan ({StoredRows.OrphanColumns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"))
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
        var s = (_getOrphan ??= Prepare($"SELECT {StoredRows.OrphanColumns} FROM orphan WHERE id = ?")).Bind(id);
        if (!s.Read())
        {
            return null;
        }

        var row = StoredRows.Orphan(s.Row);
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
}
