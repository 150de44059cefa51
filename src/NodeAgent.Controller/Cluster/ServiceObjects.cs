using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>
/// The Services and EndpointSlices of the store. Those of Services that are wanted are in the list that translation
/// reads; all others, most of a cluster's, are packed. Guarded by the store's lock.
/// </summary>
/// <param name="services">All Services that there are.</param>
internal sealed class ServiceObjects(ObjectList list, ObjectTable services)
{
    private readonly SliceIndex _slices = new();

    /// <summary>Whether they exist or not.</summary>
    private readonly HashSet<(string Namespace, string Name)> _wanted = [];

    /// <summary>Those of them that nobody has asked for, but most likely will: a route names them.</summary>
    private readonly HashSet<(string Namespace, string Name)> _expected = [];

    /// <summary>How many are packed.</summary>
    public int Packed { get; private set; }

    /// <summary>Takes the version that is good from now on.</summary>
    /// <returns>Whether that is new for translation.</returns>
    public bool Take(ObjectSlot slot, ApiObject next)
    {
        string? service = (next as EndpointSlice)?.ServiceName;
        if (slot.Service != service)
        {
            Unlink(slot);
            if (service is not null)
            {
                _slices.Add(slot, service);
            }
        }

        if (_wanted.Contains((next.Meta.Namespace, service ?? next.Meta.Name)))
        {
            Packed -= slot.IsPacked ? 1 : 0;
            list.Show(slot, next);
            return true;
        }

        bool wasRead = slot.Object is not null;
        Pack(slot, next);
        return wasRead;
    }

    /// <summary>It is gone.</summary>
    public void Remove(ObjectSlot slot)
    {
        Unlink(slot);
        Packed -= slot.IsPacked ? 1 : 0;
        list.Withdraw(slot);
    }

    /// <summary>Gives out the Services that a route names, which spares it a second translation.</summary>
    public void Expect(RouteObject route)
    {
        foreach (BackendRef backend in route.Backends.Where(b => b is { Group: Groups.Core, Kind: "Service" }))
        {
            (string, string) service = (backend.Namespace ?? route.Meta.Namespace, backend.Name);
            if (_wanted.Add(service))
            {
                _expected.Add(service);
                Unpack(service);
            }
        }
    }

    /// <inheritdoc cref="ClusterStore.TakeExpected"/>
    public ImmutableArray<(string Namespace, string Name)> TakeExpected()
    {
        ImmutableArray<(string, string)> expected = [.. _expected];
        _expected.Clear();
        return expected;
    }

    /// <inheritdoc cref="ClusterStore.Want"/>
    public ImmutableArray<ApiObject> Want(IEnumerable<(string Namespace, string Name)> wanted)
    {
        var missed = ImmutableArray.CreateBuilder<ApiObject>();
        foreach ((string, string) service in wanted)
        {
            bool isNew = _wanted.Add(service);
            if (isNew)
            {
                Unpack(service);
            }

            if (_expected.Remove(service) || isNew)
            {
                missed.AddRange(Of(service).Select(s => s.Object).OfType<ApiObject>());
            }
        }

        return missed.DrainToImmutable();
    }

    /// <inheritdoc cref="ClusterStore.Unwant"/>
    public void Unwant(IEnumerable<(string Namespace, string Name)> unwanted)
    {
        foreach ((string, string) service in unwanted.Where(_wanted.Remove))
        {
            foreach (ObjectSlot slot in Of(service).Where(s => s.Object is not null))
            {
                Pack(slot, slot.Object!);
            }
        }
    }

    private void Unpack((string, string) service)
    {
        foreach (ObjectSlot slot in Of(service).Where(s => s.IsPacked))
        {
            list.Show(slot, slot.Unpack());
            Packed--;
        }
    }

    private void Pack(ObjectSlot slot, ApiObject item)
    {
        Packed += slot.IsPacked ? 0 : 1;
        slot.Pack(item);
        list.Withdraw(slot);
    }

    private void Unlink(ObjectSlot slot)
    {
        if (slot.Service is string service)
        {
            _slices.Remove(slot, service);
        }
    }

    private IEnumerable<ObjectSlot> Of((string Namespace, string Name) service)
    {
        IEnumerable<ObjectSlot> slices = _slices.Of(service.Namespace, service.Name);
        return services.Find(service.Namespace, service.Name) is ObjectSlot slot ? slices.Prepend(slot) : slices;
    }
}
