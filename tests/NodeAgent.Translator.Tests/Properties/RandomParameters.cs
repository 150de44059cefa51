using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Tests.Properties;

/// <summary>A class with parameters, their pools, and the definitions of a release.</summary>
internal sealed partial class RandomCluster
{
    private IEnumerable<ApiObject> Parameters()
    {
        yield return new GatewayClass(
            Meta("", "given"), GatewayTranslator.ControllerName, new ParametersRef(Groups.NodeAgent, GatewayParameters.KindName, "p0", Pick("a", "a", "b", null)));
        foreach (ApiObject item in Some(4, Names("p"), OneOfParameters))
        {
            yield return item;
        }

        foreach (string name in ((string[])["pool0", "pool1"]).Where(_ => Chance(70)))
        {
            yield return new AddressPool(
                Meta("", name),
                [Pick("127.90.0.0/30", "127.90.1.1-127.90.1.2", "fd00:1::/64", "odd")],
                Chance(70) ? [] : [Pick("127.90.0.0/31", "127.90.1.1", "fd00:1::/65", "odd")],
                Chance(50),
                Chance(60) ? null : new PoolNamespaces([Pick(Namespaces)], Chance(50) ? null : Selector()),
                Chance(80) ? [] : [Pick("ours", "given")]);
        }

        foreach (string plural in ((string[])["gateways", "httproutes"]).Where(_ => Chance(20)))
        {
            yield return new CustomResourceDefinition(
                Meta("", $"{plural}.{Groups.Gateway}"),
                Groups.Gateway,
                Pick("v1.6.1", "v1.9.0", null),
                Pick("standard", "experimental", null),
                ["v1"],
                Chance(50) ? [] : ["spec.rules[].retry"]);
        }
    }

    private ParametersRef? OwnParameters() => _random.Next(20) switch
    {
        0 => new ParametersRef("x.io", "P", "p", null),
        < 4 => new ParametersRef(Groups.NodeAgent, GatewayParameters.KindName, Pick("p0", "p1", "p2"), null),
        _ => null,
    };

    private GatewayParameters OneOfParameters(ObjectMeta meta) => new(meta)
    {
        Addresses = Chance(50) ? null : new AddressParameters(Pick("L2", "None", "Odd"), Chance(70) ? [] : ["pool1", "pool0"], Chance(40) ? null : Pick("pool0", "pool1"), 1),
        Budgets = Chance(50) ? null : new GatewayBudgets(Pick<int?>(null, 10), Pick<int?>(5, 20), null, null),
        TrustedProxies = Chance(80) ? null : ["192.0.2.0/24"],
        Timeouts = Chance(80) ? null : new GatewayTimeouts(1, null, null, null, null, null, null, null),
        DefaultCertificate = Chance(40) ? null : new ObjectReference(Groups.Core, "Secret", Pick("cert0", "cert1"), Pick(null, null, "a")),
    };
}
