namespace NodeAgent.TestCluster.Schemas;

/// <summary>What may stand in metadata.name.</summary>
internal enum NameKind
{
    /// <summary>RFC 1123 subdomain, up to 253 characters. Most kinds.</summary>
    Subdomain,

    /// <summary>RFC 1123 label, up to 63 characters. Namespace.</summary>
    Label,

    /// <summary>RFC 1035 label, up to 63 characters. Service.</summary>
    Label1035,

    /// <summary>Anything that can stand in a path. RBAC.</summary>
    PathSegment,
}
