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
public class LedgerBenchmarks : IAccountProfiles, ICallbackRenderer, IAsyncDisposable
{
    private const int Vendor = 1;
    private readonly string _reference = "b7f1c2d3-9a55-4c0e-8f0a-2c1f6c1d5e70";
    private readonly DeliveredAtOnce _queue = new(takes: true);
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
        _writer = new LedgerWriter(new SqliteStore(database, TimeProvider.System), _queue, this, this, new WriterOptions(), TimeProvider.System);
        _ledger = new MessageLedger(_writer, TimeProvider.System);
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
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
            _queue.SettleAll(_ledger);
        }
    }

    [Benchmark]
    public long KeyOfReference() => ReferenceKey.Of(ReferenceKind.Referent, Vendor, _reference);

    AccountProfile? IAccountProfiles.Find(int number) => _profile;

    RenderedCallback ICallbackRenderer.Render(in CallbackOrder order) => new(order.Url ?? "", "http://shop.example:80", "?SMSID=" + order.Message.SmsId, null);

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
}
