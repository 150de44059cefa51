using System.Net;

namespace NodeAgent.TestCluster;

/// <summary>How a <see cref="TestApiServer"/> is.</summary>
public sealed record TestApiServerOptions
{
    /// <summary>Where it listens; port 0 takes a free one and keeps it over restarts.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>HTTPS with a certificate of its own authority, as real servers; false for plain HTTP.</summary>
    public bool Https { get; init; } = true;

    /// <summary>More names and addresses the server's certificate is good for.</summary>
    public IReadOnlyList<string> CertificateNames { get; init; } = [];

    /// <summary>Whether requests without credentials are let in; false answers them with 401.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Bearer tokens and whose they are, besides the administrator's.</summary>
    public IReadOnlyDictionary<string, ApiUser> Tokens { get; init; } = new Dictionary<string, ApiUser>();

    /// <summary>Answers whether a request is allowed; refused ones get 403. Null allows all. Also asked by SelfSubjectAccessReviews; not asked for discovery, which all users may read.</summary>
    public Func<ApiRequest, bool>? Authorize { get; init; }

    /// <summary>The server's clock: creation times, conditions, managed fields.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether a namespace comes into being with its first object.</summary>
    public bool AutoCreateNamespaces { get; init; }

    /// <summary>How many changes of each resource are remembered; who resumes from before gets 410.</summary>
    public int WatchHistory { get; init; } = 10_000;

    /// <summary>How many changes may wait for a slow watcher before its watch is ended.</summary>
    public int WatchBuffer { get; init; } = 10_000;

    /// <summary>Time between bookmarks of a watch that asked for them.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The network of Service addresses (an IPv4 /16).</summary>
    public string ServiceNetwork { get; init; } = "10.96.0.0/16";
}
