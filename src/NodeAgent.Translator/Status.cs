using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator;

/// <summary>
/// The status we would write on one object. Its JSON is made when somebody looks: of thousands of statuses most are
/// never written, because they say what is there already.
/// </summary>
public sealed record ObjectStatus
{
    private readonly Func<JsonObject> _make;

    /// <summary>Weak, because as JSON the statuses of thousands of routes take more memory than all else about them.</summary>
    private WeakReference<JsonObject>? _status;

    /// <param name="make">Must give the same whenever it is called.</param>
    public ObjectStatus(string apiVersion, string kind, string ns, string name, long generation, Func<JsonObject> make)
    {
        (ApiVersion, Kind, Namespace, Name, Generation, _make) = (apiVersion, kind, ns, name, generation, make);
    }

    public ObjectStatus(string apiVersion, string kind, string ns, string name, long generation, JsonObject status)
        : this(apiVersion, kind, ns, name, generation, () => status)
    {
    }

    /// <param name="item">What the status is about, as it was read.</param>
    /// <param name="make">Must give the same whenever it is called.</param>
    public ObjectStatus(string apiVersion, ApiObject item, Func<JsonObject> make)
        : this(apiVersion, item.Kind, item.Meta.Namespace, item.Meta.Name, item.Meta.Generation, make)
    {
        Uid = item.Meta.Uid;
    }

    public ObjectStatus(string apiVersion, ApiObject item, JsonObject status)
        : this(apiVersion, item, () => status)
    {
    }

    public string ApiVersion { get; }

    public string Kind { get; }

    public string Namespace { get; }

    public string Name { get; }

    public long Generation { get; }

    /// <inheritdoc cref="ObjectMeta.Uid"/>
    public Guid Uid { get; init; }

    /// <summary>Known to say nothing bad, without a look at it; false where that is not known.</summary>
    public bool Sound { get; init; }

    /// <summary>
    /// The status as the API has it, cut to its caps (<see cref="StatusCaps"/>), without lastTransitionTime (its writer
    /// adds that when a condition's status changes). Looked at twice, it may be made twice.
    /// </summary>
    public JsonObject Status
    {
        get
        {
            if (_status is null || !_status.TryGetTarget(out JsonObject? status))
            {
                status = StatusCaps.Apply(_make());
                _status = new WeakReference<JsonObject>(status);
            }

            return status;
        }
    }

    /// <param name="make">Must give the same whenever it is called.</param>
    public ObjectStatus With(Func<JsonObject> make) => new(ApiVersion, Kind, Namespace, Name, Generation, make) { Sound = Sound, Uid = Uid };

    public ObjectStatus With(JsonObject status) => With(() => status);
}

/// <summary>One entry of a conditions list; reasons as in the Gateway API (GatewayConditionReason and its siblings).</summary>
/// <param name="Status">"True", "False" or "Unknown".</param>
public sealed record Condition(string Type, string Status, string Reason, string Message, long ObservedGeneration)
{
    /// <inheritdoc cref="Graph.Problem.Field"/>
    internal string? Field { get; init; }

    /// <inheritdoc cref="Graph.Problem.Mend"/>
    internal string? Mend { get; init; }
}
