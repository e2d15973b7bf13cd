using FsCheck;
using FsCheck.Fluent;
using HoiAm.Dispatch.Sending;

namespace HoiAm.Dispatch.Tests.Sending;

public sealed class HookUrlTests
{
    [Theory]
    [InlineData(null, "empty")]
    [InlineData("", "empty")]
    [InlineData("shop.example/hook", "http:// or https://")]
    [InlineData("ftp://shop.example/", "http:// or https://")]
    [InlineData("file:///etc/passwd", "http:// or https://")]
    [InlineData("https://", "no host")]
    [InlineData("https:///path", "no host")]
    [InlineData("https://:80/", "no host")]
    [InlineData("https://user:pw@shop.example/", "user name")]
    [InlineData("https://shop.example@127.0.0.1/", "user name")]
    [InlineData("https://shop.example:0/", "port")]
    [InlineData("https://shop.example:65536/", "port")]
    [InlineData("https://shop.example:/", "port")]
    [InlineData("https://shop.example:8o/", "port")]
    [InlineData("https://shop.example/a b", "blank at position 23")]
    [InlineData("https://shop.example/a\tb", "control character")]
    [InlineData("https://shop.example/\u0001", "control character")]
    [InlineData("https://shop.example/đ", "outside ASCII")]
    [InlineData("https://cửahàng.example/", "xn--")]
    [InlineData("https://shop.example/%", "%25")]
    [InlineData("https://shop.example/%4", "%25")]
    [InlineData("https://shop.example/%zz", "%25")]
    [InlineData("https://shop.example\\@127.0.0.1/", "percent-encoded")]
    [InlineData("https://shop..example/", "not a name")]
    [InlineData("https://-shop.example/", "not a name")]
    [InlineData("https://%31%32%37.0.0.1/", "IPv4 address but is none")]
    [InlineData("https://[::1/", "IPv6")]
    [InlineData("https://[fe80::1%25eth0]/", "IPv6")]
    [InlineData("https://256.1.1.1/", "IPv4 address but is none")]
    [InlineData("https://1.2.3.4.5/", "IPv4 address but is none")]
    [InlineData("https://0xfffffffffffffffff/", "IPv4 address but is none")]
    [InlineData("http://127.0.0.1/", "loopback")]
    [InlineData("http://127.0.0.1./", "loopback")]
    [InlineData("http://127.1/", "loopback")]
    [InlineData("http://2130706433/", "loopback")]
    [InlineData("http://0x7f000001/", "loopback")]
    [InlineData("http://0X7F.0x0.0.1/", "loopback")]
    [InlineData("http://0177.0.0.01/", "loopback")]
    [InlineData("http://017700000001/", "loopback")]
    [InlineData("http://0/", "this network")]
    [InlineData("http://169.254.169.254/latest/meta-data", "link-local")]
    [InlineData("http://2852039166/", "link-local")]
    [InlineData("http://192.168.1.10:8080/", "private")]
    [InlineData("http://[::1]/", "loopback")]
    [InlineData("http://[::ffff:10.0.0.1]/", "private")]
    [InlineData("http://[64:ff9b::7f00:1]/", "loopback")]
    [InlineData("http://[fd00::1]/", "unique local")]
    [InlineData("http://localhost/", "own name")]
    [InlineData("http://LOCALHOST./", "own name")]
    [InlineData("http://a.b.localhost:99/", "own name")]
    public void UnusableUrl_IsRefusedWithASentence(string? url, string part)
    {
        var verdict = HookUrl.Check(url, allowPrivate: false);
        Assert.False(verdict.IsAccepted);
        Assert.Contains(part, verdict.Refusal, StringComparison.Ordinal);
        Assert.EndsWith(".", verdict.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://shop.example/hooks/dlr", "https://shop.example/hooks/dlr", "", "https://shop.example:443")]
    [InlineData("HTTPS://Shop.Example:8443/Hooks/?tok=1&x=%2f#frag", "HTTPS://Shop.Example:8443/Hooks/", "?tok=1&x=%2f", "https://shop.example:8443")]
    [InlineData("http://shop.example", "http://shop.example", "", "http://shop.example:80")]
    [InlineData("http://shop.example?", "http://shop.example", "?", "http://shop.example:80")]
    [InlineData("http://shop.example?a=http://127.0.0.1/", "http://shop.example", "?a=http://127.0.0.1/", "http://shop.example:80")]
    [InlineData("http://8.8.8.8/x/../y", "http://8.8.8.8/x/../y", "", "http://8.8.8.8:80")]
    [InlineData("http://[2606:4700::1111]:81/", "http://[2606:4700::1111]:81/", "", "http://[2606:4700::1111]:81")]
    [InlineData("https://xn--cahng-3ya.example/", "https://xn--cahng-3ya.example/", "", "https://xn--cahng-3ya.example:443")]
    [InlineData("https://my_host.example/{id}", "https://my_host.example/{id}", "", "https://my_host.example:443")]
    public void UsableUrl_IsTakenApartByteForByte(string url, string hook, string query, string key)
    {
        var verdict = HookUrl.Check(url, allowPrivate: false);
        Assert.Null(verdict.Refusal);
        Assert.Equal((hook, query, key), (verdict.Url, verdict.Query, verdict.HostKey));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/hook")]
    [InlineData("http://localhost:5000/hook")]
    [InlineData("http://[::1]:5000/hook")]
    [InlineData("http://192.168.0.1/")]
    public void PrivateUrlWithLeave_IsAccepted(string url) => Assert.True(HookUrl.Check(url, allowPrivate: true).IsAccepted);

    [Fact]
    public void Length_IsBounded()
    {
        var longest = "https://shop.example/".PadRight(2_000, 'a');
        Assert.True(HookUrl.Check(longest, false).IsAccepted);
        Assert.Contains("2001", HookUrl.Check(longest + "a", false).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyText_IsJudgedWithoutException() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(),
        text => HookUrl.Check("http://" + text, false) is var verdict && (verdict.IsAccepted || verdict.Refusal!.Length > 0)).QuickCheckThrowOnFailure();

    [Fact]
    public void EverySpellingOfAnAddress_GetsTheSameVerdict() => Prop.ForAll(
        ArbMap.Default.ArbFor<uint>(),
        number =>
        {
            var (a, b, c, d) = (number >> 24, (number >> 16) & 255, (number >> 8) & 255, number & 255);
            var octal = Convert.ToString(number, 8);
            string[] spellings =
            [
                $"{a}.{b}.{c}.{d}", $"{number}", $"0x{number:x}", $"0X{number:X8}", "0" + octal, $"0x{a:x}.{number & 0xFFFFFF}", $"{a}.{b}.{number & 0xFFFF}",
                $"[::ffff:{a}.{b}.{c}.{d}]", $"[64:ff9b::{a}.{b}.{c}.{d}]",
            ];
            var first = HookUrl.Check($"http://{spellings[0]}/", false).IsAccepted;
            return spellings.All(s => HookUrl.Check($"http://{s}/", false).IsAccepted == first);
        }).QuickCheckThrowOnFailure();
}
