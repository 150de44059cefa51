using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Http.Extensions;

namespace NodeAgent.DataPlane.Http;

/// <summary>What matching may look at. A struct behind a generic, so a match allocates nothing.</summary>
internal interface IRequestFacts
{
    /// <summary>Upper case as sent.</summary>
    string Method { get; }

    /// <summary>The normalised path (RFC 3986), as it will be forwarded; starts with a slash.</summary>
    ReadOnlySpan<char> Path { get; }

    /// <summary>The raw query without its question mark; empty when there is none.</summary>
    ReadOnlySpan<char> Query { get; }

    ClientAddress Client { get; }

    /// <param name="name">Lower case.</param>
    bool TryGetHeader(string name, out StringValues values);
}
