using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger.Delivery;
using HoiAm.Testing;

namespace HoiAm.Dispatch.Tests.Support;

/// <summary>The real lanes under a fake clock, on one thread, with scripted hooks and a ledger in memory: the same seed gives the same history.</summary>
internal sealed class Sim : IHookPolicies
{
    private const int StepsPerInstantMax = 200_000;
    private readonly Queue<IThreadPoolWorkItem> _work = new();
    private readonly Dictionary<int, Func<DueCallback, Reply>> _scripts = [];
    private bool _running;
    private bool _isStuck;
    private (DateTimeOffset At, int Steps) _instant;

    public Sim(DispatcherOptions? options = null, ulong seed = 1, Func<TimeSpan>? readTime = null)
    {
        // A test runner's context would take continuations to other threads.
        SynchronizationContext.SetSynchronizationContext(null);
        Ledger = new SimLedger(Clock, readTime ?? (() => TimeSpan.Zero));
        Sender = new SimSender(Clock, callback => _scripts.TryGetValue(callback.Hook.Id, out var script) ? script(callback) : Reply.Ok);
        Dispatcher = new Dispatcher(Ledger, Sender, this, Clock, (options ?? new DispatcherOptions()) with
        {
            Seed = seed,
            Schedule = Schedule,
            OnInternalError = (what, exception) => Errors.Add(what + " " + exception),
        });
    }

    public ManualTimeProvider Clock { get; } = new();

    public SimLedger Ledger { get; }

    public SimSender Sender { get; }

    public Dispatcher Dispatcher { get; }

    public List<string> Errors { get; } = [];

    public Dictionary<int, HookPolicy> Policies { get; } = [];

    public static Hook Hook(int id, string host = "") => new(id, id, $"http://h{id}.example/", host.Length == 0 ? $"http://h{id}.example:80" : host);

    public HookPolicy For(int account) => Policies.GetValueOrDefault(account) ?? s_default;

    public void Script(Hook hook, Func<DueCallback, Reply> script) => _scripts[hook.Id] = script;

    public void Script(Hook hook, Reply reply) => Script(hook, _ => reply);

    public void Commit(Hook hook, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Ledger.Commit(Dispatcher, hook);
        }
    }

    public int Count(Hook hook, CallbackState state) => Ledger.Rows.Count(r => r.Hook.Id == hook.Id && r.State == state);

    public HookHealth Health(Hook hook) => Dispatcher.Health(hook.Id)!;

    private static readonly HookPolicy s_default = new();

    private void Schedule(IThreadPoolWorkItem item)
    {
        _work.Enqueue(item);
        if (_running || _isStuck)
        {
            return;
        }

        _running = true;
        try
        {
            while (_work.TryDequeue(out var next))
            {
                if (IsStuck())
                {
                    return;
                }

                next.Execute();
            }
        }
        finally
        {
            _running = false;
        }
    }

    // Lanes that work without time passing would keep a test for ever, and fill the memory with what they do.
    private bool IsStuck()
    {
        _instant = _instant.At == Clock.GetUtcNow() ? (_instant.At, _instant.Steps + 1) : (Clock.GetUtcNow(), 1);
        if (_instant.Steps > StepsPerInstantMax && !_isStuck)
        {
            _isStuck = true;
            Errors.Add($"The lanes did {_instant.Steps} steps at {_instant.At:O} and are not done.");
        }

        return _isStuck;
    }
}
