using System.Collections.Immutable;
using System.Globalization;
using NodeAgent.Echo;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>What came of one sending.</summary>
internal sealed record Reply
{
    public static readonly ImmutableDictionary<string, string> NoHeaders =
        ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of HTTP; 200 where another protocol got a sound answer; null without any.</summary>
    public int? Status { get; init; }

    /// <summary>Of gRPC alone; from the HTTP status when the answer had none.</summary>
    public GrpcCode? Code { get; init; }

    /// <summary>Null when no pod answered, or in a protocol that cannot tell.</summary>
    public BackendView? Backend { get; init; }

    /// <summary>The response's; repeated ones joined with commas.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = NoHeaders;

    /// <summary>The transport error that came instead of an answer.</summary>
    public string? Fault { get; init; }

    /// <summary>The transport error was the end of the connection, or of udp silence.</summary>
    public bool Closed { get; init; }

    /// <summary>No answer and no error within the time that one sending has.</summary>
    public bool Hung { get; init; }

    /// <summary>The server wanted a client certificate.</summary>
    public bool Asked { get; init; }

    public bool Succeeded => Code is GrpcCode code ? code == GrpcCode.OK : Status == 200;

    public override string ToString() => Fault
        ?? (Backend is BackendView pod && Succeeded ? $"pod {pod.Identity.Namespace}/{pod.Identity.Pod} answers" : null)
        ?? (Code is GrpcCode code ? $"answer {code}" : string.Create(CultureInfo.InvariantCulture, $"answer {Status}"));
}

/// <summary>The request as the pod that answered saw it; null where its protocol has no such thing.</summary>
/// <param name="Headers">Repeated ones joined with commas.</param>
internal sealed record BackendView(
    EchoIdentity Identity,
    string? Method = null,
    string? Host = null,
    string? Path = null,
    string? Protocol = null,
    ImmutableDictionary<string, string>? Headers = null,
    bool HasTls = false,
    EchoTls? Tls = null);

/// <summary>The status codes of gRPC.</summary>
internal enum GrpcCode
{
    OK = 0,
    CANCELLED = 1,
    UNKNOWN = 2,
    INVALID_ARGUMENT = 3,
    DEADLINE_EXCEEDED = 4,
    NOT_FOUND = 5,
    ALREADY_EXISTS = 6,
    PERMISSION_DENIED = 7,
    RESOURCE_EXHAUSTED = 8,
    FAILED_PRECONDITION = 9,
    ABORTED = 10,
    OUT_OF_RANGE = 11,
    UNIMPLEMENTED = 12,
    INTERNAL = 13,
    UNAVAILABLE = 14,
    DATA_LOSS = 15,
    UNAUTHENTICATED = 16,
}
