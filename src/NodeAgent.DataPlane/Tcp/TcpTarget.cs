using NodeAgent.DataPlane.Balancing;

namespace NodeAgent.DataPlane.Tcp;

/// <summary>What a TCP listener does with a connection, as one snapshot has it.</summary>
/// <param name="Shares">Null: no route is attached, connections are reset.</param>
internal sealed record TcpTarget(string Listener, string? Route, WeightedShares? Shares, TcpCounters Counters);
