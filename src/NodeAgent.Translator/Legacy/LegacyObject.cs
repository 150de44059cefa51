using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Legacy;

/// <summary>An object of the original Service APIs, networking.x-k8s.io/v1alpha1 (v0.1.0 and v0.2.0 share the version).</summary>
internal abstract record LegacyObject(ObjectMeta Meta) : ApiObject(Meta)
{
    public const string ApiGroup = "networking.x-k8s.io";

    public const string Version = ApiGroup + "/v1alpha1";

    public override string Group => ApiGroup;
}

/// <summary>networking.x-k8s.io/v1alpha1 GatewayClass.</summary>
internal sealed record LegacyGatewayClass(ObjectMeta Meta, string Controller, ParametersRef? Parameters) : LegacyObject(Meta)
{
    public override string Kind => "GatewayClass";
}
