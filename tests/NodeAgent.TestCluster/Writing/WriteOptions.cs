namespace NodeAgent.TestCluster.Writing;

internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}

/// <summary>How a write is meant, from the query of its request.</summary>
internal sealed record WriteOptions
{
    public static WriteOptions Server { get; } = new() { Manager = "kube-controller-manager" };

    public bool DryRun { get; init; }

    public FieldValidation Validation { get; init; } = FieldValidation.Ignore;

    /// <summary>Who owns the fields that are written.</summary>
    public string Manager { get; init; } = "unknown";

    /// <summary>Whether the client named the manager, which server-side apply asks for.</summary>
    public bool ManagerGiven { get; init; }

    /// <summary>Server-side apply takes fields from other managers.</summary>
    public bool Force { get; init; }

    /// <summary>The body is the whole object, which must say its name, and its version where the kind wants that.</summary>
    public bool IsReplacement { get; init; }

    /// <summary>Fields that the body had twice.</summary>
    public IReadOnlyList<string> Duplicates { get; init; } = [];
}

/// <param name="Created">Whether the object was not there before.</param>
internal sealed record Written(Storage.StoredObject Object, bool Created, IReadOnlyList<string> Warnings);
