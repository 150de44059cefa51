namespace NodeAgent.Translator.Tests.Legacy;

/// <summary>Needs the examples of the original Service APIs; is skipped, loudly, where they are not.</summary>
internal sealed class ServiceApisFactAttribute : FactAttribute
{
    public ServiceApisFactAttribute() => Skip = Reason;

    /// <summary>Null when GATEWAY_API_DIR is not set.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable("GATEWAY_API_DIR") is { Length: > 0 } folder
        ? Path.Combine(folder, "service-apis-v0.2.0", "examples")
        : null;

    public static string? Reason => Folder is null ? "GATEWAY_API_DIR does not name a folder with the upstream examples" : null;
}

/// <inheritdoc cref="ServiceApisFactAttribute"/>
internal sealed class ServiceApisTheoryAttribute : TheoryAttribute
{
    public ServiceApisTheoryAttribute() => Skip = ServiceApisFactAttribute.Reason;
}
