using System.Data.Common;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;
using HoiAm.Testing;

namespace HoiAm.Ledger.Tests.Support;

/// <summary>A ledger on a fresh engine with scripted neighbours, and a look at what it wrote.</summary>
internal sealed class LedgerBench : IAsyncDisposable
{
    private readonly LedgerEngine _engine;
    private readonly WriterOptions _options;

    private LedgerBench(LedgerEngine engine, WriterOptions? options)
    {
        _engine = engine;
        _options = options ?? new WriterOptions { Gap = TimeSpan.Zero, RetryPause = TimeSpan.FromMilliseconds(1) };
    }

    public ManualTimeProvider Time { get; } = new();

    public ScriptedQueue Queue { get; } = new();

    public ScriptedAccounts Accounts { get; } = new();

    public FaultyStore Store { get; private set; } = null!;

    public LedgerWriter Writer { get; private set; } = null!;

    public MessageLedger Ledger { get; private set; } = null!;

    public static LedgerBench Start(LedgerEngine engine, WriterOptions? options = null)
    {
        var bench = new LedgerBench(engine, options);
        bench.Open();
        return bench;
    }

    /// <summary>Closes in good order and starts anew.</summary>
    public async Task ReopenAsync()
    {
        await Writer.DisposeAsync();
        Queue.Clear();
        Open();
    }

    /// <summary>Cuts the ledger off without closing it, and starts anew.</summary>
    public async Task KillAsync()
    {
        _engine.Cut();
        await Writer.DisposeAsync();
        Queue.Clear();
        Open();
    }

    public async Task RegisterAsync(MessageDraft draft) =>
        Assert.Equal(RegistrationResult.Created, (await Ledger.RegisterAsync(draft)).Result);

    /// <summary>Waits until everything submitted so far is written, recorded tries included.</summary>
    public Task FlushAsync() => LookAsync(_ => true);

    public async Task SettleAsync(params Settlement[] settlements)
    {
        foreach (var settlement in settlements)
        {
            Ledger.Settle(settlement);
        }

        await FlushAsync();
    }

    /// <summary>Reads from the store on the writer's thread.</summary>
    public Task<T> LookAsync<T>(Func<ILedgerStore, T> look)
    {
        var command = new FunctionCommand<T>(group => look(group.Store));
        Writer.Submit(command);
        return command.Task;
    }

    public async Task<MessageRow> MessageAsync(string smsId = "sms-1", int leg = 0)
    {
        var command = new FunctionCommand<MessageRow?>(group => RegisterCommand.FindBySmsId(group, smsId, leg));
        Writer.Submit(command);
        return await command.Task ?? throw new InvalidOperationException("No message " + smsId);
    }

    public async Task<IReadOnlyList<RecipientRow>> RecipientsAsync(string smsId = "sms-1")
    {
        var message = await MessageAsync(smsId);
        return await LookAsync(store => store.ListRecipients(message));
    }

    public async Task<RecipientRow> RecipientAsync(string smsId = "sms-1") => Assert.Single(await RecipientsAsync(smsId));

    /// <summary>Callbacks of a message, oldest first, along the chain in the rows.</summary>
    public async Task<IReadOnlyList<CallbackRow>> CallbacksAsync(string smsId = "sms-1")
    {
        var message = await MessageAsync(smsId);
        return await LookAsync(store =>
        {
            var rows = new List<CallbackRow>();
            for (var id = message.LastCallback; id != 0; id = rows[^1].Previous)
            {
                rows.Add(store.GetCallback(id)!);
            }

            rows.Reverse();
            return rows;
        });
    }

    public async Task<CallbackRow> CallbackAsync(long id) =>
        await LookAsync(store => store.GetCallback(id)) ?? throw new InvalidOperationException("No callback");

    /// <summary>Reports kept for a message, oldest first.</summary>
    public async Task<IReadOnlyList<ReportRow>> ReportsAsync(string smsId = "sms-1")
    {
        var message = await MessageAsync(smsId);
        return await Ledger.WriteAsync(connection => ReadReports(connection, message.Id));
    }

    public async Task<long> CountAsync(string table) => await Ledger.WriteAsync(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM " + table;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    });

    public async Task<Hook> HookAsync(int account = 1, string url = ScriptedAccounts.Hook) =>
        await LookAsync(store => store.InternHook(account, url, "http://shop.example"));

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        _engine.Dispose();
    }

    private void Open()
    {
        Store = new FaultyStore(_engine.Open(Time));
        Writer = new LedgerWriter(Store, Queue, Accounts, new ScriptedRenderer(), _options, Time);
        Ledger = new MessageLedger(Writer, Time);
    }

    private static List<ReportRow> ReadReports(DbConnection connection, long messageId)
    {
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"SELECT id, previous, at, source, vendor, status, effect, address, raw FROM report WHERE message = {messageId} ORDER BY id");
        using var reader = command.ExecuteReader();
        var rows = new List<ReportRow>();
        while (reader.Read())
        {
            rows.Add(new ReportRow
            {
                Id = reader.GetInt64(0),
                MessageId = messageId,
                Previous = reader.GetInt64(1),
                AtMs = reader.GetInt64(2),
                Source = (ReportSource)reader.GetInt32(3),
                Vendor = reader.GetInt32(4),
                StatusCode = reader.IsDBNull(5) ? null : reader.GetInt32(5),
                Effect = (ReportEffect)reader.GetInt32(6),
                Address = reader.GetString(7),
                Raw = (byte[])reader.GetValue(8),
            });
        }

        return rows;
    }
}
