using System.Globalization;
using System.Text;
using HoiAm.Ledger;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Writing;
using HoiAm.Model;
using HoiAm.Server.Delivery;

namespace HoiAm.Bench.Fill;

/// <summary>
/// Messages of the past, entered by the ledger itself: registered, reported on, and their callbacks delivered or left waiting. The rows are
/// those that the hub would have written; only HTTP and most of the commits are left out.
/// </summary>
internal sealed class History : IAccountProfiles, IAsyncDisposable
{
    private const int Batch = 20_000;
    private readonly FillOptions _options;
    private readonly Customers _customers;
    private readonly PastClock _clock;
    private readonly LedgerWriter _writer;
    private readonly MessageLedger _ledger;
    private readonly DeliveredAtOnce _queue;
    private readonly string _session = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..20];

    public History(FillOptions options, Customers customers, Func<TimeProvider, ILedgerStore> open)
    {
        _options = options;
        _customers = customers;
        _clock = new PastClock(TimeProvider.System.GetUtcNow().AddDays(-options.Days));
        _queue = new DeliveredAtOnce(takes: !options.Pending);
        _writer = new LedgerWriter(open(_clock), _queue, this, new CallbackRenderer(), new WriterOptions { GroupCountMax = Batch, GroupBytesMax = 64 << 20 }, _clock);
        _ledger = new MessageLedger(_writer, _clock);
    }

    public async Task EnterAsync(TextWriter known)
    {
        var step = TimeSpan.FromDays(_options.Days).Divide(_options.Messages + 1.0) * Batch;
        for (var first = 0; first < _options.Messages; first += Batch)
        {
            var numbers = Enumerable.Range(first, Math.Min(Batch, _options.Messages - first)).ToList();
            var entered = await _ledger.RegisterAsync([.. numbers.Select(Draft)]).ConfigureAwait(false);
            if (entered.FirstOrDefault(e => e.Result != RegistrationResult.Created) is { SmsId: { } refused })
            {
                throw new InvalidOperationException($"{refused} was not entered.");
            }

            await Task.WhenAll(numbers.Select(n => _ledger.AppendAsync(Report(n)).AsTask())).ConfigureAwait(false);
            _queue.SettleAll(_ledger);
            _ledger.FlushStats();
            _clock.Advance(step);
            await KeepAsync(known, numbers, entered).ConfigureAwait(false);
        }
    }

    // Some twenty thousand of all, whatever their number.
    private async Task KeepAsync(TextWriter known, List<int> numbers, IReadOnlyList<Registration> entered)
    {
        var stride = (_options.Messages / 20_000) + 1;
        foreach (var (number, one) in numbers.Zip(entered).Where(e => e.First % stride == 0))
        {
            await known.WriteLineAsync($"{one.SmsId}\t{number % _customers.Accounts.Count}\t0{Subscriber(number)}").ConfigureAwait(false);
        }

        if (numbers[0] % 500_000 == 0)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {numbers[0]:N0} entered")).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    AccountProfile? IAccountProfiles.Find(int number) => _customers.Accounts.FirstOrDefault(a => a.Number == number);

    private string Referent(int number) => _session + number.ToString("x12", CultureInfo.InvariantCulture);

    private static string Subscriber(int number) => (900_000_000 + (number % 10_000_000)).ToString(CultureInfo.InvariantCulture);

    private MessageDraft Draft(int number) => new()
    {
        Account = _customers.Accounts[number % _customers.Accounts.Count].Number,
        Kind = MessageKind.CustomerCareSms,
        RequestId = "r" + Referent(number)[20..],
        Vendor = _customers.Vendor,
        VendorRequestId = "v" + Referent(number)[20..],
        ReferentId = Referent(number),
        Recipients = [new RecipientDraft("0" + Subscriber(number), 400m, 2)],
    };

    private IncomingReport Report(int number) => new()
    {
        Source = ReportSource.Vendor,
        Vendor = _customers.Vendor,
        Address = "0" + Subscriber(number),
        ReferentId = Referent(number),
        RequestId = "v" + Referent(number)[20..],
        StatusCode = 2,
        Status = ReportedStatus.Delivered,
        Raw = Encoding.UTF8.GetBytes(
            $$"""{"msisdn":"84{{Subscriber(number)}}","requestId":"v{{Referent(number)[20..]}}","sendTime":"2026-03-02T08:15:30Z","responseTimeTelco":"2026-03-02T08:15:31Z","status":2,"referentId":"{{Referent(number)}}","retryCount":0}"""),
    };
}
