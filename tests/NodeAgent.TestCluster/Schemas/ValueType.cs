namespace NodeAgent.TestCluster.Schemas;

internal enum ValueType
{
    /// <summary>No type is said: anything goes.</summary>
    Any,
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
    IntOrString,
}
