using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;

namespace HoiAm.Ledger.Writing;

/// <summary>
/// What the commands of one group are going to look up. A store that is a round trip away fetches and locks it all at once, before the
/// first command runs; what is not told here is found too, only one by one.
/// </summary>
public sealed class GroupKeys
{
    private readonly List<long> _looked = [];
    private readonly List<(IncomingReport Report, int From, int Count)> _reports = [];
    private readonly List<long> _entered = [];
    private readonly List<long> _orphans = [];
    private readonly List<long> _settled = [];
    private readonly List<long> _callbacks = [];

    /// <summary>Reference keys under which messages are looked for.</summary>
    public IReadOnlyList<long> Looked => _looked;

    /// <summary>Reports, each with its part of <see cref="Looked"/>.</summary>
    public IReadOnlyList<(IncomingReport Report, int From, int Count)> Reports => _reports;

    /// <summary>Reference keys that must not be entered by anybody else meanwhile; they are looked up too.</summary>
    public IReadOnlyList<long> Entered => _entered;

    /// <summary>Keys under which early reports are looked for; nobody may park one under them meanwhile.</summary>
    public IReadOnlyList<long> Orphans => _orphans;

    /// <summary>Callbacks that are settled, of which only the owner and who waits behind them is asked.</summary>
    public IReadOnlyList<long> Settled => _settled;

    /// <summary>Callbacks that are read whole.</summary>
    public IReadOnlyList<long> Callbacks => _callbacks;

    /// <summary>A report is going to be matched, in the order in which <see cref="Correlation"/> looks.</summary>
    public void AddReport(IncomingReport report)
    {
        var from = _looked.Count;
        if (report.ReferentId is { } referent)
        {
            _looked.Add(ReferenceKey.Of(ReferenceKind.Referent, 0, referent));
            _looked.Add(ReferenceKey.Of(ReferenceKind.SmsId, 0, referent));
        }

        if (report.RequestId is { } request)
        {
            _looked.Add(ReferenceKey.Of(ReferenceKind.VendorRequest, 0, request));
            if (request != report.ReferentId)
            {
                _looked.Add(ReferenceKey.Of(ReferenceKind.SmsId, 0, request));
            }
        }

        _reports.Add((report, from, _looked.Count - from));
    }

    /// <summary>A message is going to be entered, and to take up the reports that came before it.</summary>
    public void AddMessage(MessageDraft draft, string smsId)
    {
        _entered.Add(ReferenceKey.Of(ReferenceKind.SmsId, 0, smsId));
        _orphans.Add(ReferenceKey.Of(ReferenceKind.Referent, 0, draft.ReferentId ?? smsId));
        _orphans.Add(ReferenceKey.Of(ReferenceKind.VendorRequest, 0, draft.VendorRequestId ?? smsId));
    }

    /// <summary>A RequestId has to be new.</summary>
    public void AddRequest(int account, string requestId) => _entered.Add(ReferenceKey.Of(ReferenceKind.Request, account, requestId));

    /// <summary>A try is recorded.</summary>
    public void AddSettled(long callbackId, bool whole) => (whole ? _callbacks : _settled).Add(callbackId);

    /// <summary>A callback is read whole.</summary>
    public void AddCallback(long callbackId) => _callbacks.Add(callbackId);

    /// <summary>Forgets everything, for the next group.</summary>
    public void Clear()
    {
        _looked.Clear();
        _reports.Clear();
        _entered.Clear();
        _orphans.Clear();
        _settled.Clear();
        _callbacks.Clear();
    }
}
