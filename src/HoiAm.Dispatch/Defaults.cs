namespace HoiAm.Dispatch;

/// <summary>Every number of the delivery engine, with where it comes from.</summary>
public static class Defaults
{
    /// <summary>Callbacks in memory over all lanes. 50,000 at about 1.5 KB each are 75 MB; the rest of a backlog waits on disk.</summary>
    public const int SeatsTotal = 50_000;

    /// <summary>Callbacks in memory per lane: a tenth of a second of the whole hub's rate, so that a short hiccup of a hook stays off the disk.</summary>
    public const int SeatsPerLane = 1_024;

    /// <summary>Callbacks in memory per lane when the lane fails, or when more than half of all seats are taken.</summary>
    public const int SeatsPerLaneWhenScarce = 64;

    /// <summary>Tries under way per scheme, host and port, whatever the number of hooks there: 16 hooks at their default bound of 8.</summary>
    public const int HostConcurrencyMax = 128;

    /// <summary>Tries under way over all healthy lanes beyond each lane's own first one. More than some dozens gain nothing on a small machine.</summary>
    public const int ExtraSlots = 1_024;

    /// <summary>Tries under way over all lanes whose last tries failed: what dead hosts can hold at most, beside nobody else's slots.</summary>
    public const int DoubtfulSlots = 256;

    /// <summary>Failures in a row after which a lane counts as doubtful and is called failing.</summary>
    public const int DoubtfulAfter = 3;

    /// <summary>Pages read from the ledger at once. One writer owns the store, so more would only queue there.</summary>
    public const int FetchesMax = 4;

    /// <summary>Callbacks asked for in one page.</summary>
    public const int PageMax = 256;

    /// <summary>A retry due within this time stays in memory; a later one is parked.</summary>
    public static readonly TimeSpan NearHorizon = TimeSpan.FromSeconds(10);

    /// <summary>How far ahead a page looks, so that retries spread over seconds do not cost a read each. Less than <see cref="NearHorizon"/>.</summary>
    public static readonly TimeSpan FetchAhead = TimeSpan.FromSeconds(2);

    /// <summary>Pause after a page that could not be read.</summary>
    public static readonly TimeSpan FetchRetry = TimeSpan.FromSeconds(1);

    /// <summary>Pause of a callback whose try did not happen for a reason of ours.</summary>
    public static readonly TimeSpan UnsentPause = TimeSpan.FromSeconds(1);

    /// <summary>A lane whose median try takes longer is called slow: a tenth of the usual time-out.</summary>
    public const int SlowMs = 1_000;

    /// <summary>How long a stop waits for tries that were broken off; breaking off is a matter of milliseconds.</summary>
    public static readonly TimeSpan StragglerTime = TimeSpan.FromSeconds(5);

    /// <summary>When a lane that may not send because too many tries are unrecorded looks again.</summary>
    public static readonly TimeSpan BehindPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Lanes above which those with nothing to do are let go; a lane takes some 2 KB, so these are 40 MB.</summary>
    public const int LanesMax = 20_000;

    /// <summary>A hook is behind when it has more waiting than this, and more than it got through in the last minute.</summary>
    public const int BehindMin = 1_000;

    /// <summary>When a page holds less than the lane has counted, it looks once more after this time.</summary>
    public static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(5);

    /// <summary>One take in so many goes to retries and backlog even while fresh callbacks wait.</summary>
    public const int BacklogShare = 4;

    /// <summary>Failures in a row that open a breaker, over at least two callbacks (contract section 2).</summary>
    public const int BreakerThreshold = 20;

    /// <summary>First pause before an open breaker probes.</summary>
    public static readonly TimeSpan ProbeFirst = TimeSpan.FromSeconds(30);

    /// <summary>Longest pause between probes.</summary>
    public static readonly TimeSpan ProbeMax = TimeSpan.FromMinutes(5);

    /// <summary>How long a callback waits behind an open breaker (contract section 2).</summary>
    public static readonly TimeSpan ExpireAfter = TimeSpan.FromHours(72);

    /// <summary>Longest <c>Retry-After</c> that is honoured.</summary>
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(24);

    /// <summary>Jitter adds at most this share of a pause.</summary>
    public const double JitterShare = 0.1;

    /// <summary>Length of a hook's URL in characters; common servers refuse request lines beyond 8 KB, and our own query has to fit too.</summary>
    public const int HookUrlLengthMax = 2_000;

    /// <summary>Time spent on the body of an answer whose verdict is already known.</summary>
    public static readonly TimeSpan SnippetTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes of a body read for the snippet: 256 characters of at most 4 bytes.</summary>
    public const int SnippetBytesMax = 1_024;

    /// <summary>Bytes of a body read when it begins as an XML document: 2,000 characters, of which letters of Vietnamese take up to 3 bytes.</summary>
    public const int DocumentBytesMax = 6_000;

    /// <summary>Bytes of a body thrown away to keep its connection; beyond it the connection is closed.</summary>
    public const int DrainBytesMax = 16 * 1024;

    /// <summary>Answer headers in KiB; Kestrel's and nginx's own request limit is 32 KiB.</summary>
    public const int ResponseHeadersKiBMax = 32;

    /// <summary>A connection is renewed after this time, so that a changed DNS answer is noticed.</summary>
    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>An unused connection is closed after this time; common servers keep theirs for 60 to 75 s.</summary>
    public static readonly TimeSpan ConnectionIdle = TimeSpan.FromSeconds(50);

    /// <summary>Names resolved at once: each holds a pool thread on Linux, and a dead resolver must not take all of them.</summary>
    public const int ResolutionsMax = 16;
}
