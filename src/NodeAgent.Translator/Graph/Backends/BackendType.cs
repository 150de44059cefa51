using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>One kind of object that a backendRef can name.</summary>
internal abstract class BackendType
{
    public abstract string Group { get; }

    public abstract string Kind { get; }

    /// <summary>Asked only after the reference was permitted.</summary>
    /// <param name="ns">Of the backend.</param>
    /// <returns>Exactly one of the two is null.</returns>
    public abstract (SnapshotTarget? Target, Problem? Problem) Resolve(BackendRef backend, string ns, RouteObject route, ObjectIndex index);

    protected static (SnapshotTarget? Target, Problem? Problem) Fault(string reason, string message, string? mend = null) =>
        (null, new Problem(reason, message) { Mend = mend });

    /// <summary>TCP or UDP, as Services and Pods call their ports.</summary>
    protected static string TransportOf(RouteObject route) => route.Traffic == RouteTraffic.Datagrams ? "UDP" : "TCP";
}
