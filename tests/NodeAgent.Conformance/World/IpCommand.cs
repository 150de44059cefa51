using System.Diagnostics;

namespace NodeAgent.Conformance.World;

/// <summary>ip(8), as root.</summary>
internal static class IpCommand
{
    /// <exception cref="InvalidOperationException">It failed; the message has what it said.</exception>
    public static string Run(string arguments, string? input = null)
    {
        (int code, string output, string errors) = Try(arguments, input);
        return code == 0 ? output : throw new InvalidOperationException($"ip {arguments}: {errors.Trim()}");
    }

    /// <param name="input">Lines for <c>-batch -</c>.</param>
    public static (int Code, string Output, string Errors) Try(string arguments, string? input = null)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
