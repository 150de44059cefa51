namespace NodeAgent.DataPlane;

/// <summary>What became of one Gateway listener on one address.</summary>
/// <param name="Gateway"><c>NS/NAME</c>.</param>
/// <param name="Error">Null when it is served; else one line that names address, port and cause.</param>
public sealed record BindResult(string Gateway, string Listener, string Address, int Port, string? Error)
{
    public bool Bound => Error is null;
}
