namespace NodeAgent.TestCluster.Serving;

/// <summary>A kind that is only ever created, and kept nowhere.</summary>
internal sealed record VirtualKind(string Group, string Version, string Plural, string Kind, bool Namespaced = false);
