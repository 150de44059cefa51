namespace NodeAgent.TestCluster.Tables;

/// <summary>What a row of a table carries of its object (the includeObject parameter).</summary>
public enum IncludeObject
{
    /// <summary>PartialObjectMetadata, unless something else is asked for.</summary>
    Metadata,

#pragma warning disable CA1720 // The name is the parameter's value.
    Object,
#pragma warning restore CA1720

    None,
}
