using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shop;

/// <summary>An order whose buyer has to confirm a phone number.</summary>
/// <param name="Id">The shop's number of it.</param>
/// <param name="Phone">The buyer's.</param>
/// <param name="RequestId">Our id of the SMS: it comes back in the callback, also when the SMSID got lost with an answer.</param>
/// <param name="CodeHash">The code itself is nowhere but in the SMS.</param>
/// <param name="SmsId">eSMS's id of the SMS; "" until known.</param>
/// <param name="Sms">sending, uncertain, sent, refused, or what the callback said.</param>
/// <param name="Why">Why it was refused.</param>
/// <param name="Confirmed">The buyer typed the code in.</param>
internal sealed record Order(string Id, string Phone, string RequestId, string CodeHash, string SmsId = "", string Sms = "sending", string Why = "", bool Confirmed = false);

[JsonSerializable(typeof(Order))]
internal sealed partial class OrderJson : JsonSerializerContext;

/// <summary>A file for each order, replaced as a whole. A real shop has its database here; what matters is that a change is on disk before anybody is told.</summary>
internal sealed class Orders
{
    private readonly string _folder;
    private readonly ConcurrentDictionary<string, Order> _byId = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public Orders(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        foreach (var file in Directory.EnumerateFiles(_folder, "*.json"))
        {
            var order = JsonSerializer.Deserialize(File.ReadAllText(file), OrderJson.Default.Order)!;
            _byId[order.Id] = order;
        }
    }

    public Order? Find(string id) => _byId.GetValueOrDefault(id);

    public Order? ByRequestId(string requestId) => _byId.Values.FirstOrDefault(o => o.RequestId == requestId);

    /// <summary>False when there is such an order already.</summary>
    public bool Add(Order order)
    {
        lock (_lock)
        {
            if (!_byId.TryAdd(order.Id, order))
            {
                return false;
            }

            Save(order);
            return true;
        }
    }

    public void Change(string id, Func<Order, Order> change)
    {
        lock (_lock)
        {
            Save(_byId[id] = change(_byId[id]));
        }
    }

    public static string Hash(string id, string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {code}")));

    private void Save(Order order)
    {
        var path = Path.Combine(_folder, order.Id + ".json");
        using (var file = new FileStream(path + ".new", FileMode.Create))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(order, OrderJson.Default.Order));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
