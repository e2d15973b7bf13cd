// A shop that sends a code by SMS, shows what became of the SMS, and takes the code back.
//
//   dotnet run --project samples/Shop -- --urls http://127.0.0.1:5080
//   curl -X POST 'http://127.0.0.1:5080/orders/A1?phone=0901234567'      sends the code
//   curl 'http://127.0.0.1:5080/orders/A1'                               shows the state
//   curl -X POST 'http://127.0.0.1:5080/orders/A1/confirm?code=123456'   confirms
//
// Settings (environment or command line): Esms:Address (a hub; without it eSMS's own hosts), Esms:ApiKey, Esms:SecretKey, Esms:SigningSecret,
// Shop:PublicUrl (how the hub reaches this shop), Shop:Folder.
using System.Globalization;
using System.Security.Cryptography;
using HoiAm.Client;
using HoiAm.Receiver;
using Shop;

var builder = WebApplication.CreateBuilder(args);
var settings = builder.Configuration;
var folder = settings["Shop:Folder"] ?? "shop-data";
var (key, secret) = (settings["Esms:ApiKey"] ?? "sandbox-key", settings["Esms:SecretKey"] ?? "sandbox-secret");
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestLineSize = 32 * 1024);
builder.Services.AddSingleton(new Orders(Path.Combine(folder, "orders")));
builder.Services.AddSingleton(settings["Esms:Address"] is { } hub
    ? EsmsClientOptions.At(new Uri(hub), key, secret)
    : new EsmsClientOptions { ApiKey = key, SecretKey = secret });

// eSMS's GET calls carry the keys in the address, which the factory's own loggers would write down.
builder.Services.AddHttpClient<EsmsClient>().RemoveAllLoggers();
builder.Services.AddEsmsReceiver(options =>
{
    options.Folder = Path.GetFullPath(Path.Combine(folder, "callbacks"));
    if (settings["Esms:SigningSecret"] is { } signing)
    {
        options.SigningSecrets.Add(signing);
    }
});
var app = builder.Build();
var orders = app.Services.GetRequiredService<Orders>();

app.MapPost("/orders/{id:regex(^[A-Za-z0-9-]{{1,40}}$)}", async (string id, string phone, EsmsClient esms, CancellationToken stop) =>
{
    var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    var order = new Order(id, phone, EsmsClient.NewRequestId(), Orders.Hash(id, code));

    // The order is on disk with its RequestId before anything leaves: whatever happens now, its callback finds it.
    if (!orders.Add(order))
    {
        return Results.Conflict(View(orders.Find(id)!));
    }

    var sent = await esms.SendSmsAsync(
        settings["Shop:Brandname"] ?? "Verify",
        phone,
        $"{code} la ma xac minh cua ban",
        new SendOptions { RequestId = order.RequestId, CallbackUrl = settings["Shop:PublicUrl"] is { } url ? url + "/hook" : null },
        stop);

    // The callback may have been faster than the answer: what it said stays.
    orders.Change(id, o => o with
    {
        SmsId = sent.SmsId.Length > 0 ? sent.SmsId : o.SmsId,
        Sms = o.Sms != "sending" ? o.Sms : sent.IsSuccess ? "sent" : sent.IsUncertain ? "uncertain" : "refused",
        Why = sent.IsSuccess ? "" : sent.Meaning,
    });
    return Results.Ok(View(orders.Find(id)!));
});

app.MapGet("/orders/{id}", (string id) => orders.Find(id) is { } order ? Results.Ok(View(order)) : Results.NotFound());

app.MapPost("/orders/{id}/confirm", (string id, string code) =>
{
    if (orders.Find(id) is not { } order)
    {
        return Results.NotFound();
    }

    if (order.CodeHash != Orders.Hash(id, code))
    {
        return Results.BadRequest(new { error = "That is not the code." });
    }

    orders.Change(id, o => o with { Confirmed = true });
    return Results.Ok(View(orders.Find(id)!));
});

// Asked again until it returns, so it only has to be right, not quick. Writing the same state twice does no harm.
app.MapEsmsCallback("/hook", (callback, _) =>
{
    if (orders.ByRequestId(callback.RequestId) is { } order)
    {
        orders.Change(order.Id, o => o with { SmsId = callback.SmsId, Sms = callback.Outcome.ToString().ToLowerInvariant() });
    }
    else
    {
        app.Logger.LogWarning("A callback for no order of ours: {SmsId}", callback.SmsId);
    }

    return Task.CompletedTask;
});

app.Run();

static object View(Order order) => new { order.Id, order.SmsId, order.Sms, order.Why, order.Confirmed };
