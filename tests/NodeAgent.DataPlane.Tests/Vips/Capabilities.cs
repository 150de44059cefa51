using System.Runtime.InteropServices;

namespace NodeAgent.DataPlane.Tests.Vips;

/// <summary>capabilities(7) are a thread's own; threads it starts later have no more than it has then.</summary>
internal static partial class Capabilities
{
    private const uint Version3 = 0x2008_0522;
    private const int NetAdmin = 12;

    public static void DropNetAdmin()
    {
        // struct __user_cap_header_struct: version, pid (0 is this thread); two of __user_cap_data_struct: effective, permitted, inheritable.
        uint[] header = [Version3, 0];
        uint[] data = new uint[6];
        Assert.Equal(0, capget(header, data));
        data[0] &= ~(1u << NetAdmin);
        data[1] &= ~(1u << NetAdmin);
        Assert.Equal(0, capset(header, data));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capget([In, Out] uint[] header, [In, Out] uint[] data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset([In, Out] uint[] header, uint[] data);
}
