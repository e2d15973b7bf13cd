using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;

namespace HoiAm.Ledger.Postgres;

public sealed partial class PostgresStore
{
    private readonly Dictionary<long, List<long>> _orphanIds = [];
    private readonly List<ReportRow> _newReports = [];
    private readonly Dictionary<long, OrphanRow> _newOrphans = [];
    private readonly HashSet<KeyOf> _newOrphanKeys = [];
    private readonly HashSet<long> _goneOrphans = [];
    private readonly HashSet<KeyOf> _goneOrphanKeys = [];
    private bool? _hasOrphans;

    /// <inheritdoc/>
    public bool HasOrphans => _hasOrphans ??= Query("SELECT EXISTS (SELECT 1 FROM orphan)", r => r.GetBoolean(0))[0];

    /// <inheritdoc/>
    public void InsertReport(ReportRow report) => _newReports.Add(report);

    /// <inheritdoc/>
    public void InsertOrphan(OrphanRow orphan, ReadOnlySpan<long> referenceKeys)
    {
        _newOrphans.Add(orphan.Id, orphan);
        foreach (var key in referenceKeys)
        {
            _newOrphanKeys.Add(new KeyOf(key, orphan.Id));
            if (_orphanIds.TryGetValue(key, out var known) && !known.Contains(orphan.Id))
            {
                known.Add(orphan.Id);
            }
        }

        _hasOrphans = true;
    }

    /// <inheritdoc/>
    public void FindOrphans(long referenceKey, List<long> orphanIds)
    {
        if (!_orphanIds.TryGetValue(referenceKey, out var found))
        {
            Flush();
            found = Query("SELECT orphan FROM orphan_reference WHERE key = $1 ORDER BY orphan", r => r.GetInt64(0), Columns.Of(referenceKey));
            _orphanIds[referenceKey] = found;
        }

        orphanIds.AddRange(found);
    }

    /// <inheritdoc/>
    public OrphanRow? GetOrphan(long id)
    {
        if (_newOrphans.TryGetValue(id, out var fresh))
        {
            return fresh;
        }

        // Locked: it must not be given to two messages by two nodes.
        return _goneOrphans.Contains(id)
            ? null
            : Query($"SELECT {StoredRows.OrphanColumns} FROM orphan WHERE id = $1 FOR UPDATE", PostgresRow.Orphan, Columns.Of(id)).FirstOrDefault();
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
            if (!_newOrphanKeys.Remove(new KeyOf(key, id)))
            {
                _goneOrphanKeys.Add(new KeyOf(key, id));
            }

            if (_orphanIds.TryGetValue(key, out var known))
            {
                known.Remove(id);
            }
        }

        if (!_newOrphans.Remove(id))
        {
            _goneOrphans.Add(id);
        }

        _hasOrphans = null;
    }
}
