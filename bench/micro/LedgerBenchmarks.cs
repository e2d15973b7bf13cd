using System.Globalization;
using BenchmarkDotNet.Attributes;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Sqlite;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Bench.Micro;

/// <summary>A report's way through the ledger: its look-up, its fold, its callback and the record of its try, one commit for all of a group.</summary>
public class LedgerBenchmarks : IAccountProfiles, ICallbackRenderer, IDeliveryQueue
{
    private const int Vendor = 1;
    private readonly List<DueCallback> _live = [];
    private readonly AccountProfile _profile = new(
        1, "http://shop.example/hook", CallbackFormat.EsmsGet, CallbackProfile.Default, AccountProfile.FinalStates, AccountProfile.DefaultFirstTryDelay);

    private DirectoryInfo _folder = null!;
    private LedgerWriter _writer = null!;
    private MessageLedger _ledger = null!;
    private int _next;
    private int _registered;

    /// <summary>Reports that share a commit.</summary>
    [Params(1, 64)]
    public int Group { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("hoiam-micro-");
        var database = new SqliteDatabase(_folder.FullName);
        database.Migrate();
        _writer = new LedgerWriter(new SqliteStore(database, TimeProvider.System), this, this, this, new WriterOptions(), TimeProvider.System);
        _ledger = new MessageLedger(_writer, TimeProvider.System);
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        _folder.Delete(recursive: true);
    }

    // Registered outside of what is timed, in batches as a customer would.
    [IterationSetup]
    public void Register()
    {
        for (; _registered < _next + (Group * Rounds); _registered += 1_000)
        {
            _ = _ledger.RegisterAsync([.. Enumerable.Range(_registered, 1_000).Select(Draft)]).GetAwaiter().GetResult();
        }
    }

    private const int Rounds = 16;

    [Benchmark(OperationsPerInvoke = Rounds)]
    public async Task AppendAndSettleAsync()
    {
        var waiting = new Task<ReportEffect>[Group];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < Group; i++)
            {
                waiting[i] = _ledger.AppendAsync(Report(_next++)).AsTask();
            }

            await Task.WhenAll(waiting).ConfigureAwait(false);
            lock (_live)
            {
                foreach (var callback in _live)
                {
                    _ledger.Settle(Delivered(callback));
                }

                _live.Clear();
            }
        }
    }

    [Benchmark]
    public static long KeyOfReference() => ReferenceKey.Of(ReferenceKind.Referent, Vendor, "b7f1c2d3-9a55-4c0e-8f0a-2c1f6c1d5e70");

    AccountProfile? IAccountProfiles.Find(int number) => _profile;

    RenderedCallback ICallbackRenderer.Render(in CallbackOrder order) => new(order.Url ?? "", "http://shop.example:80", "?SMSID=" + order.Message.SmsId, null);

    bool IDeliveryQueue.TryReserve(Hook hook) => true;

    void IDeliveryQueue.Release(Hook hook)
    {
    }

    void IDeliveryQueue.Enqueue(DueCallback callback)
    {
        lock (_live)
        {
            _live.Add(callback);
        }
    }

    void IDeliveryQueue.NoteParked(Hook hook, DateTimeOffset dueAt)
    {
    }

    void IDeliveryQueue.BringForward(Hook hook, IReadOnlySet<long> callbackIds)
    {
    }

    private static string IdOf(int number) => "msg-" + number.ToString("D12", CultureInfo.InvariantCulture);

    private static MessageDraft Draft(int number) => new()
    {
        Account = 1,
        SmsId = IdOf(number),
        Kind = MessageKind.CustomerCareSms,
        Vendor = Vendor,
        ReferentId = IdOf(number),
        Recipients = [new RecipientDraft("0901234567", 850m, 0)],
    };

    private static IncomingReport Report(int number) => new()
    {
        Source = ReportSource.Vendor,
        Vendor = Vendor,
        Address = "0901234567",
        ReferentId = IdOf(number),
        StatusCode = 2,
        Status = ReportedStatus.Delivered,
        Raw = "{}"u8.ToArray(),
    };

    private static Settlement Delivered(DueCallback callback) => new()
    {
        CallbackId = callback.Id,
        State = CallbackState.Delivered,
        DueAt = callback.DueAt,
        Tries = 1,
        Tag = callback.Tag,
        Attempt = new Attempt { Number = 1, At = callback.DueAt, DurationMs = 3, Outcome = AttemptOutcome.Delivered, HttpStatus = 200 },
    };
}
