using System.Net;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("10.1.2.3/32", "10.1.2.3", true)]
    [InlineData("10.1.2.3/32", "10.1.2.2", false)]
    [InlineData("0.0.0.0/0", "8.8.8.8", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "8.8.8.8", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("nonsense", "8.8.8.8", false)]
    public void A_range_holds_the_addresses_that_begin_like_it(string range, string address, bool holds) =>
        Assert.Equal(holds, new AddressRanges([range]).Hold(ClientAddress.Of(IPAddress.Parse(address))));

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("2001:db8::17")]
    public void The_kernels_form_of_an_address_is_the_same_client(string text)
    {
        IPAddress address = IPAddress.Parse(text);
        Assert.Equal(ClientAddress.Of(address), new ClientAddress(new SockAddr(new IPEndPoint(address, 8080)).MappedAddress));
    }

    [Fact]
    public void One_of_several_ranges_is_enough()
    {
        var ranges = new AddressRanges(["10.0.0.0/8", "2001:db8::/32"]);
        Assert.True(ranges.Hold(ClientAddress.Of(IPAddress.Parse("2001:db8::1"))));
        Assert.True(ranges.Hold(ClientAddress.Of(IPAddress.Parse("10.0.0.1"))));
        Assert.False(ranges.Hold(ClientAddress.Of(IPAddress.Parse("192.0.2.1"))));
    }
}
