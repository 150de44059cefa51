using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>rules[].timeouts; zero turns a timeout off, null leaves it to the data plane.</summary>
/// <param name="Request">From the first byte of the request to the last of the response, retries included.</param>
/// <param name="BackendRequest">One try; at most <paramref name="Request"/> unless that is zero.</param>
public sealed record HttpRouteTimeouts(TimeSpan? Request, TimeSpan? BackendRequest);

/// <param name="Codes">Response codes 400..599 that are tried again; connection errors are in any case.</param>
/// <param name="Attempts">Further tries after the first; null leaves the number to us.</param>
/// <param name="Backoff">The least pause between two tries.</param>
public sealed record HttpRouteRetry(ImmutableArray<int> Codes, int? Attempts, TimeSpan? Backoff);

/// <summary>rules[].sessionPersistence, also in XBackendTrafficPolicy.</summary>
/// <param name="SessionName">Null or empty: a name of our choice.</param>
/// <param name="Type">Cookie (default) or Header.</param>
/// <param name="LifetimeType">Of the cookie: Session (default) or Permanent, which needs an absolute timeout.</param>
public sealed record SessionPersistence(string? SessionName, TimeSpan? AbsoluteTimeout, string Type, string LifetimeType);
