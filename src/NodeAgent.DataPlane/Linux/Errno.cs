namespace NodeAgent.DataPlane.Linux;

/// <summary>The errno values we branch on (Linux, all architectures).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoSuchProcess = 3;
    public const int Intr = 4;
    public const int Again = 11;
    public const int NoMem = 12;
    public const int Access = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotDirectory = 20;
    public const int NFile = 23;
    public const int MFile = 24;
    public const int NameTooLong = 36;
    public const int TooManyLinks = 40;
    public const int AddrInUse = 98;
    public const int AddrNotAvail = 99;
    public const int NetDown = 100;
    public const int NetUnreachable = 101;
    public const int ConnAborted = 103;
    public const int ConnReset = 104;
    public const int NoBufs = 105;
    public const int TimedOut = 110;
    public const int ConnRefused = 111;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;
    public const int Canceled = 125;

    public static string Describe(int errno) => errno switch
    {
        Access => "permission denied",
        MFile or NFile => "no file descriptors left",
        AddrInUse => "address already in use",
        AddrNotAvail => "address not on this node",
        ConnReset => "connection reset",
        ConnRefused => "connection refused",
        TimedOut => "timed out",
        HostUnreachable => "no route to host",
        _ => new System.ComponentModel.Win32Exception(errno).Message,
    };
}
