namespace NodeAgent.Commands;

/// <summary>What every verb returns to its caller.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The verb ran and found something wrong.</summary>
    public const int Finding = 1;

    /// <summary>The command line or the environment asks for something that does not exist.</summary>
    public const int Usage = 2;
}
