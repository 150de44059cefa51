using System.Diagnostics;
using System.Text;

namespace NodeAgent.TestCluster.Tests.Kubectl;

internal sealed record KubectlResult(int Code, string Out, string Error)
{
    public override string ToString() => $"exit {Code}\n{Out}{Error}";
}

/// <summary>The real kubectl, with a configuration and a cache of its own.</summary>
internal sealed class KubectlProcess(string folder)
{
    public static string? Path { get; } = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => System.IO.Path.Combine(p, "kubectl")).FirstOrDefault(File.Exists);

    /// <summary>Variables besides those that every kubectl gets.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Kubeconfig => System.IO.Path.Combine(folder, "kubeconfig");

    /// <summary>Runs to its end.</summary>
    /// <param name="input">What kubectl reads with <c>-f -</c>.</param>
    public async Task<KubectlResult> RunAsync(string arguments, string? input = null)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        return new KubectlResult(process.ExitCode, await output, await errors);
    }

    public Process Start(string arguments)
    {
        var start = new ProcessStartInfo(Path!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        start.Environment["KUBECONFIG"] = Kubeconfig;
        start.Environment["HOME"] = folder;
        start.Environment["KUBECACHEDIR"] = System.IO.Path.Combine(folder, "cache");
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        foreach (string argument in Split(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>At spaces, but for what stands in single quotes.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var word = new StringBuilder();
        bool quoted = false;
        foreach (char c in text)
        {
            if (c == '\'')
            {
                quoted = !quoted;
            }
            else if (c == ' ' && !quoted)
            {
                yield return word.ToString();
                word.Clear();
            }
            else
            {
                word.Append(c);
            }
        }

        yield return word.ToString();
    }
}
