using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Backends;

internal static class ServicePorts
{
    /// <param name="transport">TCP or UDP.</param>
    public static ServicePort? Find(Service service, int number, string transport) =>
        service.Ports.FirstOrDefault(p => p.Port == number && p.Protocol == transport);
}
