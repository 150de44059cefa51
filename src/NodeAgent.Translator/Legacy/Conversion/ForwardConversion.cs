using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>forwardTo and mirrors as backendRefs.</summary>
internal static class ForwardConversion
{
    /// <param name="arrival">The port of the listener, for a target that names none.</param>
    public static BackendRef Backend(LegacyForwardTo forward, int arrival)
    {
        int port = forward.Port ?? arrival;
        return forward.ServiceName is null && forward.BackendRef is ObjectReference reference
            ? new BackendRef(reference.Group, reference.Kind, null, reference.Name, port, forward.Weight, [])
            : new BackendRef(Groups.Core, "Service", null, forward.ServiceName ?? "", port, forward.Weight, []);
    }

    /// <param name="path">Of the forwardTo in its object.</param>
    public static Problem? Check(LegacyForwardTo forward, string path) => forward.ServiceName is null && forward.BackendRef is null
        ? new Problem(Reasons.BackendNotFound, $"{path} names neither serviceName nor backendRef")
        {
            Field = path,
            Mend = "set serviceName",
        }
        : null;
}
