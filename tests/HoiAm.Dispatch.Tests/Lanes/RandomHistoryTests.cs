using HoiAm.Dispatch.Lanes;
using HoiAm.Dispatch.Tests.Support;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Tests.Lanes;

/// <summary>Random histories through the real lanes. A failure names its seed; put it into <see cref="OneSeed_HoldsAllPromises"/> to see it again.</summary>
public sealed class RandomHistoryTests
{
    private const int Histories = 2_000;

    [Theory]
    [InlineData(1)]
    public void OneSeed_HoldsAllPromises(int seed) => new History(seed).Run();

    [Fact]
    public void ThousandsOfSeeds_HoldAllPromises()
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            try
            {
                new History(seed).Run();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"The history of seed {seed} breaks a promise: {failure.Message}", failure);
            }
        }
    }

    private sealed class History
    {
        private static readonly Reply[] s_replies =
        [
            Reply.Ok, Reply.Ok, Reply.Ok, Reply.Ok with { Takes = TimeSpan.FromSeconds(3) }, Reply.Hang, Reply.Of(500), Reply.Of(404),
            Reply.Of(400), Reply.Of(429) with { RetryAfter = TimeSpan.FromSeconds(90) }, Reply.Of(503),
            new Reply(AttemptOutcome.ConnectionRefused, 0, TimeSpan.Zero), new Reply(AttemptOutcome.Blocked, 0, TimeSpan.Zero),
            new Reply(AttemptOutcome.Redirected, 302, TimeSpan.FromMilliseconds(1)), new Reply(AttemptOutcome.ProtocolError, 0, TimeSpan.Zero),
        ];

        private readonly Random _random;
        private readonly Sim _sim;
        private readonly Hook[] _hooks;
        private readonly Reply[][] _moods;
        private readonly Dictionary<long, int> _replays = [];
        private readonly HashSet<int> _paused = [];

        public History(int seed)
        {
            _random = new Random(seed);
            var options = new DispatcherOptions
            {
                SeatsPerLane = _random.Next(1, 40),
                SeatsTotal = _random.Next(20, 200),
                HostConcurrencyMax = _random.Next(1, 12),
                ExtraSlots = _random.Next(0, 10),
                DoubtfulSlots = _random.Next(1, 6),
            };
            _sim = new Sim(options, (ulong)seed, () => _random.Next(3) == 0 ? TimeSpan.FromMilliseconds(_random.Next(1, 50)) : TimeSpan.Zero);
            HostMax = options.HostConcurrencyMax;
            _hooks = [.. Enumerable.Range(1, _random.Next(1, 7)).Select(i => Sim.Hook(i, "host" + (i % 3)))];
            _moods = [.. _hooks.Select(_ => Mood())];
            foreach (var hook in _hooks)
            {
                _sim.Policies[hook.Account] = Policy();
                _sim.Script(hook, _ => Pick(_moods[hook.Id - 1]));
            }
        }

        private int HostMax { get; }

        public void Run()
        {
            for (var step = _random.Next(5, 60); step > 0; step--)
            {
                Act(_hooks[_random.Next(_hooks.Length)]);
                Assert.Empty(_sim.Errors);
            }

            Heal();
            Check();
        }

        private void Act(Hook hook)
        {
            switch (_random.Next(10))
            {
                case < 4:
                    _sim.Commit(hook, _random.Next(1, 30));
                    break;
                case < 7:
                    _sim.Clock.Advance(TimeSpan.FromMilliseconds(Math.Pow(10, _random.NextDouble() * 7)));
                    break;
                case 7:
                    _moods[hook.Id - 1] = Mood();
                    break;
                case 8 when _paused.Add(hook.Id):
                    _sim.Dispatcher.Pause(hook);
                    break;
                case 8:
                    _paused.Remove(hook.Id);
                    _sim.Dispatcher.Resume(hook);
                    break;
                default:
                    ReplaySome(hook);
                    break;
            }
        }

        private void ReplaySome(Hook hook)
        {
            foreach (var row in _sim.Ledger.Rows.Where(r => r.Hook == hook && r.State is CallbackState.Exhausted).Take(5).ToList())
            {
                _replays[row.Id] = _replays.GetValueOrDefault(row.Id) + 1;
                _sim.Ledger.Replay(_sim.Dispatcher, row);
            }
        }

        private void Heal()
        {
            foreach (var hook in _hooks)
            {
                _moods[hook.Id - 1] = [Reply.Ok];
                _sim.Dispatcher.Resume(hook);
            }

            // Longest pause of a retry is the 90 s asked for or an hour of the policy; a breaker probes within 5.5 min.
            _sim.Clock.Advance(TimeSpan.FromHours(3));
        }

        private void Check()
        {
            DispatcherTests.AssertIdle(_sim);
            Assert.Equal(0, _sim.Sender.InFlight);
            foreach (var row in _sim.Ledger.Rows)
            {
                var policy = _sim.For(row.Hook.Account);
                Assert.Contains(row.State, new[] { CallbackState.Delivered, CallbackState.Exhausted });
                Assert.InRange(row.Tries, row.Reason == ExhaustedReason.Expired ? 0 : 1, policy.Retry.MaxRetries + 1);
                Assert.True(row.Reason != ExhaustedReason.Retries || row.Tries == policy.Retry.MaxRetries + 1, "Exhausted too early.");
                var numbers = _sim.Sender.Tries.Where(t => t.Id == row.Id).Select(t => t.Number).ToArray();
                Assert.Equal(Enumerable.Range(1, row.Attempts), numbers);
            }

            foreach (var hook in _hooks)
            {
                var policy = _sim.For(hook.Account);
                Assert.InRange(_sim.Sender.HookPeaks.GetValueOrDefault(hook.Id), 0, policy.MaxConcurrency);
                Assert.InRange(_sim.Sender.HostPeaks.GetValueOrDefault(hook.HostKey), 0, HostMax);
                Paced(hook, policy);
            }
        }

        private void Paced(Hook hook, HookPolicy policy)
        {
            if (policy.MaxPerMinute is { } cap)
            {
                var starts = _sim.Sender.Tries.Where(t => t.Hook == hook.Id).Select(t => t.At).ToArray();
                Assert.All(starts.Zip(starts.Skip(cap)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromMinutes(1), "Too many in a minute."));
            }
        }

        private HookPolicy Policy() => new()
        {
            MaxConcurrency = _random.Next(1, 12),
            MaxPerMinute = _random.Next(4) == 0 ? _random.Next(30, 600) : null,
            Retry = new RetryPolicy
            {
                MaxRetries = _random.Next(0, 7),
                On = (RetryOn)_random.Next(3),
                Delays = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => TimeSpan.FromSeconds(Math.Pow(10, _random.NextDouble() * 3.5) - 1))],
            },
        };

        private Reply[] Mood() => [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Pick(s_replies))];

        private Reply Pick(Reply[] replies) => replies[_random.Next(replies.Length)];
    }
}
