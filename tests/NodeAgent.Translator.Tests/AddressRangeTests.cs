using System.Net;

namespace NodeAgent.Translator.Tests;

public class AddressRangeTests
{
    [Theory]
    [InlineData("192.0.2.0/30", "192.0.2.1 192.0.2.2", "192.0.2.0 192.0.2.3")]
    [InlineData("192.0.2.4/31", "192.0.2.4 192.0.2.5", "192.0.2.3 192.0.2.6")]
    [InlineData("192.0.2.0-192.0.2.3", "192.0.2.0 192.0.2.3", "192.0.2.4 191.255.255.255")]
    [InlineData("2001:db8::/126", "2001:db8::1 2001:db8::3", "2001:db8:: 2001:db8::4")]
    [InlineData("2001:db8::5-2001:db8::5", "2001:db8::5", "2001:db8::4 2001:db8::6 192.0.2.1")]
    [InlineData("::/0", "::1 ffff::", "192.0.2.1")]
    public void An_entry_of_a_pool_holds_these_and_not_those(string entry, string within, string without)
    {
        Assert.True(AddressRange.TryParseEntry(entry, out AddressRange? range));
        Assert.All(within.Split(' '), a => Assert.True(range.Contains(IPAddress.Parse(a)), a));
        Assert.All(without.Split(' '), a => Assert.False(range.Contains(IPAddress.Parse(a)), a));
    }

    [Theory]
    [InlineData("192.0.2.9-192.0.2.1")]
    [InlineData("192.0.2.1-2001:db8::1")]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.1/33")]
    [InlineData("192.0.02.0/24")]
    [InlineData("0x7f.1/8")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("192.0.2.1-")]
    [InlineData("-")]
    [InlineData("/")]
    public void What_is_no_entry_is_refused(string entry) => Assert.False(AddressRange.TryParseEntry(entry, out _));

    [Theory]
    [InlineData("10.0.0.0-10.0.0.9", "10.0.0.3-10.0.0.5", "10.0.0.2 10.0.0.6", "10.0.0.3 10.0.0.5", 2)]
    [InlineData("10.0.0.0-10.0.0.9", "10.0.0.0", "10.0.0.1 10.0.0.9", "10.0.0.0", 1)]
    [InlineData("10.0.0.0-10.0.0.9", "10.0.0.9/32", "10.0.0.0 10.0.0.8", "10.0.0.9", 1)]
    [InlineData("10.0.0.0-10.0.0.9", "10.0.0.0/24", "", "10.0.0.0 10.0.0.9", 0)]
    [InlineData("10.0.0.0-10.0.0.9", "2001:db8::/32", "10.0.0.0 10.0.0.9", "", 1)]
    [InlineData("10.0.0.0-10.0.0.9", "11.0.0.0/8", "10.0.0.0 10.0.0.9", "", 1)]
    public void Avoided_addresses_are_taken_out(string entry, string avoided, string left, string gone, int ranges)
    {
        Assert.True(AddressRange.TryParseEntry(entry, out AddressRange? range));
        Assert.True(AddressRange.TryParseAvoided(avoided, out AddressRange? without));
        AddressRange[] rest = [.. range.Except(without)];
        Assert.Equal(ranges, rest.Length);
        Assert.All(left.Split(' ', StringSplitOptions.RemoveEmptyEntries), a => Assert.Contains(rest, r => r.Contains(IPAddress.Parse(a))));
        Assert.All(gone.Split(' ', StringSplitOptions.RemoveEmptyEntries), a => Assert.DoesNotContain(rest, r => r.Contains(IPAddress.Parse(a))));
    }
}
