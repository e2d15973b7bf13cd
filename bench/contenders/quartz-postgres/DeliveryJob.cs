using Quartz;

namespace HoiAm.Bench.QuartzPostgres;

/// <summary>One GET to the hook. A failed one schedules itself again: Quartz has no back-off of its own.</summary>
internal sealed class DeliveryJob : IJob
{
    internal static readonly JobKey Key = new("deliver");

    internal static HookClient Hooks { get; set; } = null!;

    internal static string HookBase { get; set; } = string.Empty;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(10));
        var text = context.MergedJobDataMap.GetString("report")!;
        if (!await Hooks.GetAsync(Report.FromText(text).CallbackUrl(HookBase), timeout.Token))
        {
            var again = TriggerBuilder.Create()
                .ForJob(Key)
                .UsingJobData("report", text)
                .StartAt(context.FireTimeUtc + TimeSpan.FromSeconds(5))
                .Build();
            await context.Scheduler.ScheduleJob(again, cancellationToken: cancellationToken);
        }
    }
}
