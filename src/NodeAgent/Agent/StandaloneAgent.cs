using Microsoft.Extensions.Logging;
namespace NodeAgent.Agent;
internal static class StandaloneAgent
{
    public static Task<bool> RunAsync(StandaloneOptions options, DiagnosticLog log, CancellationToken stop) { _ = options; _ = log; _ = stop; return Task.FromResult(true); }
}
