using System.Diagnostics.Metrics;
using HoiAm.Ledger.Facts;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Server.Observability;

/// <summary>Counters of the inbound side. Names follow OpenTelemetry; <c>/metrics</c> renders every instrument of the hub's meters.</summary>
internal sealed class HubMetrics : IDisposable
{
    public const string MeterName = "HoiAm.Hub";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _reports;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _pulls;
    private readonly Counter<long> _esms;
    private readonly Counter<long> _presumed;
    private readonly Counter<long> _asked;
    private readonly Counter<long> _recovered;
    private readonly Counter<long> _askRequests;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _masked;
    private readonly Counter<long> _relayed;
    private readonly Counter<long> _inbound;
    private readonly KeyValuePair<string, object?>[] _effects;

    public HubMetrics()
    {
        _reports = _meter.CreateCounter<long>("hoiam.reports", description: "Delivery reports stored, by what they did.");
        _refused = _meter.CreateCounter<long>("hoiam.reports.refused", description: "Vendor requests refused, by HTTP status.");
        _pulls = _meter.CreateCounter<long>("hoiam.pulls", description: "GetCallback requests, by result code.");
        _esms = _meter.CreateCounter<long>("hoiam.esms.calls", description: "eSMS send and query calls answered, by operation.");
        _presumed = _meter.CreateCounter<long>("hoiam.messages.presumed", description: "Messages taken for expired after silence.");
        _asked = _meter.CreateCounter<long>("hoiam.reconcile.asked", description: "Messages that providers were asked about, by whether they knew them.");
        _recovered = _meter.CreateCounter<long>("hoiam.reconcile.recovered", description: "Messages whose final state came by asking.");
        _askRequests = _meter.CreateCounter<long>("hoiam.reconcile.requests", description: "Questions to providers, by how they ended.");
        _dropped = _meter.CreateCounter<long>("hoiam.retention.deleted", description: "Rows deleted because they were kept long enough, by table.");
        _masked = _meter.CreateCounter<long>("hoiam.texts.masked", description: "Message texts masked after hand-over.");
        _relayed = _meter.CreateCounter<long>("hoiam.relay.calls", description: "Calls passed on to upstreams, by what became of them.");
        _inbound = _meter.CreateCounter<long>("hoiam.inbound.callbacks", description: "Status callbacks of upstreams stored, by what they did.");
        _effects = [.. Enum.GetNames<ReportEffect>()
            .Select(name => new KeyValuePair<string, object?>("effect", char.ToLowerInvariant(name[0]) + name[1..]))];
    }

    public void Dropped(string table, long count) => _dropped.Add(count, new KeyValuePair<string, object?>("table", table));

    public void Masked(int count) => _masked.Add(count);

    public void Report(ReportEffect effect) => _reports.Add(1, _effects[(int)effect]);

    public void Relayed(string outcome) => _relayed.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Inbound(ReportEffect effect) => _inbound.Add(1, _effects[(int)effect]);

    public void VendorRefused(int status) => _refused.Add(1, new KeyValuePair<string, object?>("status", status));

    public void EsmsCall(EsmsOperation operation) => _esms.Add(1, new KeyValuePair<string, object?>("operation", operation.ToString()));

    public void Presumed(int messages) => _presumed.Add(messages);

    public void Reconciled(int asked, int answered, int recovered)
    {
        _asked.Add(answered, new KeyValuePair<string, object?>("known", "yes"));
        _asked.Add(asked - answered, new KeyValuePair<string, object?>("known", "no"));
        _recovered.Add(recovered);
    }

    public void ReconcileRequest(string end) => _askRequests.Add(1, new KeyValuePair<string, object?>("end", end));

    public void Pull(int code) => _pulls.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <summary>Adds gauges over the ledger's writer.</summary>
    public void ObserveWriter(Func<long> groups, Func<long> commands, Func<int> waiting)
    {
        _meter.CreateObservableCounter("hoiam.ledger.commits", groups, description: "Durable transactions.");
        _meter.CreateObservableCounter("hoiam.ledger.commands", commands, description: "Writes that shared them.");
        _meter.CreateObservableGauge("hoiam.ledger.waiting", waiting, description: "Writes that wait for a transaction.");
    }

    public void Dispose() => _meter.Dispose();
}
