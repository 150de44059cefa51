namespace NodeAgent.DataPlane.Tests;

/// <summary>For tests that count what belongs to the whole process: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's term.")]
public sealed class Alone
{
    public const string Name = "alone";
}
