using System.Collections.Concurrent;
using System.Text;
using HoiAm.Bench;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

// A report is answered when the quorum queue has confirmed it; a consumer delivers it and acknowledges after the hook's 2xx.
// Usage: RabbitRelay LISTEN_URL HOOK_BASE AMQP_URI
const string Queue = "callbacks";
const int Publishers = 64;
const ushort Senders = 64, Prefetch = 256;
var hookBase = args[1];
using var hooks = new HookClient(Senders);

var factory = new ConnectionFactory { Uri = new Uri(args[2]), ConsumerDispatchConcurrency = Senders };
await using var publishing = await factory.CreateConnectionAsync("ingest");
await using var consuming = await factory.CreateConnectionAsync("delivery");

// A channel carries one publish at a time and waits for its confirm, so there are as many as the vendor has connections.
var channels = new ConcurrentBag<IChannel>();
for (var i = 0; i < Publishers; i++)
{
    channels.Add(await publishing.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)));
}

using var free = new SemaphoreSlim(Publishers);
await using var channel = await consuming.CreateChannelAsync();
await channel.QueueDeclareAsync(
    Queue, durable: true, exclusive: false, autoDelete: false,
    new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" });
await channel.BasicQosAsync(0, Prefetch, false);
var consumer = new AsyncEventingBasicConsumer(channel);
consumer.ReceivedAsync += DeliverAsync;
await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);

var app = VendorEndpoint.Build(args[0], PublishAsync);
await app.RunAsync();

async ValueTask PublishAsync(Report report)
{
    await free.WaitAsync();
    _ = channels.TryTake(out var mine);
    try
    {
        await mine!.BasicPublishAsync(string.Empty, Queue, mandatory: true, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes(report.ToText()));
    }
    finally
    {
        channels.Add(mine!);
        free.Release();
    }
}

async Task DeliverAsync(object sender, BasicDeliverEventArgs message)
{
    using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
    var report = Report.FromText(Encoding.UTF8.GetString(message.Body.Span));
    if (await hooks.GetAsync(report.CallbackUrl(hookBase), timeout.Token))
    {
        await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
    }
    else
    {
        await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true);
    }
}
