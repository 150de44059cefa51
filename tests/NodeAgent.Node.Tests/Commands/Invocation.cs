using NodeAgent.Commands;

namespace NodeAgent.Node.Tests.Commands;

/// <summary>What one run of the command line in this process gave.</summary>
internal sealed record Invocation(int ExitCode, string Out, string Error)
{
    public static async Task<Invocation> OfAsync(string line, params (string Name, string Value)[] environment)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var context = new CommandContext(
            output, error, name => environment.Where(e => e.Name == name).Select(e => e.Value).FirstOrDefault());
        // `run` would go on for ever where a test expects it to refuse.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        int code = await CommandLine.RunAsync(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), context, patience.Token);
        return new Invocation(code, output.ToString(), error.ToString());
    }
}
