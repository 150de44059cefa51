using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>The parts of Kubernetes metadata that translation looks at.</summary>
/// <param name="Namespace">Empty for cluster-scoped kinds; "default" where a manifest leaves it out.</param>
/// <param name="Generation">Copied into every condition as observedGeneration; 1 where a manifest leaves it out.</param>
/// <param name="CreatedAt">Unix seconds (the API server's granularity); 0 where unknown. Older wins ties, then NS/NAME.</param>
public sealed record ObjectMeta(
    string Namespace,
    string Name,
    long Generation,
    long CreatedAt,
    ImmutableSortedDictionary<string, string> Labels)
{
    private KeyText _key;

    /// <inheritdoc cref="ObjectMeta(string, string, long, long, ImmutableSortedDictionary{string, string})"/>
    public string Namespace
    {
        get;
        init
        {
            field = value;
            _key = default;
        }
    } = Namespace;

    /// <inheritdoc cref="ObjectMeta(string, string, long, long, ImmutableSortedDictionary{string, string})"/>
    public string Name
    {
        get;
        init
        {
            field = value;
            _key = default;
        }
    } = Name;

    /// <summary>Of this object, not of another that had or will have its name; empty where unknown.</summary>
    public Guid Uid { get; init; }

    /// <summary>
    /// The annotation networking.x-k8s.io/app-protocol, from before Services had ports with appProtocol; null without it.
    /// No other annotation is looked at.
    /// </summary>
    public string? AppProtocol { get; init; }

    /// <summary><c>NS/NAME</c>, or NAME for cluster-scoped kinds.</summary>
    public string Key
    {
        get
        {
            if (_key.Text is null)
            {
                _key = new KeyText(Namespace.Length == 0 ? Name : $"{Namespace}/{Name}");
            }

            return _key.Text!;
        }
    }

    /// <summary>Follows from the rest, so it is no part of what makes two equal.</summary>
    private readonly struct KeyText(string text) : IEquatable<KeyText>
    {
        public string? Text { get; } = text;

        public bool Equals(KeyText other) => true;

        public override bool Equals(object? obj) => obj is KeyText;

        public override int GetHashCode() => 0;
    }
}

/// <summary>Any object we read. Immutable: translation memoises by reference.</summary>
public abstract record ApiObject(ObjectMeta Meta)
{
    /// <summary>The kind as users write it.</summary>
    public abstract string Kind { get; }

    /// <summary>The API group; empty for the core group.</summary>
    public abstract string Group { get; }

    /// <summary>
    /// Texts under which objects that do not know this one's name find it: an EndpointSlice says
    /// <c>Service/NS/NAME</c>, a policy the same of each of its targets.
    /// </summary>
    public virtual ImmutableArray<string> Links => [];
}
