namespace NodeAgent.Translator.Api;

/// <summary>What a kind of route hands on to its backends, and so what a backend must be able to take.</summary>
public enum RouteTraffic
{
    /// <summary>A TCP connection, whatever is in it.</summary>
    Connections,

    /// <summary>UDP.</summary>
    Datagrams,
    Http,
    Grpc,
}
