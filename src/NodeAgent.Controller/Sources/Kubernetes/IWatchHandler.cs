using System.Text.Json;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>
/// Takes what a watch of one resource tells, one call at a time and in order. An element is valid during the call only.
/// </summary>
public interface IWatchHandler
{
    /// <summary>A list begins: what is not listed before <see cref="ListEnds"/> is gone.</summary>
    void ListBegins();

    void Listed(JsonElement item);

    /// <summary>The list was whole. What changed while it was read follows as <see cref="Changed"/> and <see cref="Removed"/>.</summary>
    void ListEnds();

    /// <summary>The list broke off: what was known before still holds, and a new list will begin.</summary>
    void ListFails();

    /// <summary>Added or modified; may tell what is known already.</summary>
    void Changed(JsonElement item);

    void Removed(JsonElement item);

    /// <summary>The server does not serve the resource (any more): there are no objects of it. A list begins should it come.</summary>
    void NotServed();

    /// <param name="problem">Why nothing can be heard at the moment; null when that is over. What is known goes on to hold.</param>
    void Trouble(string? problem);

    /// <summary>The trouble told last is that we are not allowed to be told. It is tried again, but need not be waited for.</summary>
    void Refused()
    {
    }
}
