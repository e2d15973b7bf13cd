using HoiAm.Bench;
using HoiAm.Bench.QuartzPostgres;
using Quartz;

// What a .NET developer would write in an afternoon: each report is a one-shot trigger in Quartz's PostgreSQL store, and the job
// that it fires is one GET. Usage: QuartzRelay LISTEN_URL HOOK_BASE CONNECTION_STRING
const int Senders = 64;
DeliveryJob.Hooks = new HookClient(Senders);
DeliveryJob.HookBase = args[1];

IScheduler scheduler = null!;
var app = VendorEndpoint.Build(args[0], ScheduleAsync, services =>
{
    services.AddLogging(log => log.AddSimpleConsole().SetMinimumLevel(LogLevel.Error));
    services.AddQuartz(quartz =>
    {
        quartz.UseDefaultThreadPool(Senders);
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(args[2]);
            store.ProvisionSchema();
        });
    });
});

// The scheduler first: a report that came before it would be refused.
scheduler = await app.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();
await scheduler.Start();
await scheduler.AddJob(
    JobBuilder.Create<DeliveryJob>().WithIdentity(DeliveryJob.Key).StoreDurably().RequestRecovery().Build(), new AddJobOptions { Replace = true });
await app.RunAsync();
await scheduler.Shutdown(waitForJobsToComplete: true);

// Durable when this returns: the trigger's transaction has committed.
async ValueTask ScheduleAsync(Report report)
{
    var trigger = TriggerBuilder.Create()
        .WithIdentity(report.ReferentId)
        .ForJob(DeliveryJob.Key)
        .UsingJobData("report", report.ToText())
        .StartNow()
        .Build();
    await scheduler.ScheduleJob(trigger);
}
