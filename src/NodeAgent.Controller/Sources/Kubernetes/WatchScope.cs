namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Which objects of a resource are listed and watched.</summary>
/// <param name="Namespace">Null for all namespaces.</param>
/// <param name="FieldSelector">Such as <c>metadata.name=web</c> or <c>type=kubernetes.io/tls</c>.</param>
/// <param name="LabelSelector">Such as <c>app=web,tier!=test</c>.</param>
public sealed record WatchScope(string? Namespace = null, string? FieldSelector = null, string? LabelSelector = null)
{
    public static WatchScope All { get; } = new();

    /// <summary>The query of a list or watch, without its <c>?</c>.</summary>
    internal string Query(params ReadOnlySpan<(string Name, string? Value)> more)
    {
        var parts = new List<string>();
        Add("fieldSelector", FieldSelector);
        Add("labelSelector", LabelSelector);
        foreach ((string name, string? value) in more)
        {
            Add(name, value);
        }

        return string.Join('&', parts);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }
    }
}
