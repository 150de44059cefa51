using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Packing;

/// <summary>The part of a packed EndpointSlice that only it has.</summary>
internal static class PackedSlice
{
    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Ready = 1,
        Serving = 2,
        Terminating = 4,
        OneAddress = 8,
        Zone = 16,
        ForZones = 32,
        ForNodes = 64,
        Owner = 128,
    }

    public static void Write(PackWriter writer, EndpointSlice slice)
    {
        writer.Text(slice.AddressType);
        writer.Number((ulong)slice.Ports.Length);
        foreach (SlicePort port in slice.Ports)
        {
            writer.Text(port.Name);
            writer.Number(port.Port is int number ? (ulong)number + 1 : 0);
            writer.Text(port.Protocol);
        }

        writer.Number((ulong)slice.Endpoints.Length);
        foreach (SliceEndpoint endpoint in slice.Endpoints)
        {
            Write(writer, endpoint);
        }
    }

    public static EndpointSlice Read(ref PackReader reader, ObjectMeta meta, string? service)
    {
        string type = reader.Text();
        var ports = ImmutableArray.CreateBuilder<SlicePort>(reader.Count());
        for (int i = ports.Capacity; i > 0; i--)
        {
            string name = reader.Text();
            int number = reader.Count();
            ports.Add(new SlicePort(name, number == 0 ? null : number - 1, reader.Text()));
        }

        var endpoints = ImmutableArray.CreateBuilder<SliceEndpoint>(reader.Count());
        for (int i = endpoints.Capacity; i > 0; i--)
        {
            endpoints.Add(ReadEndpoint(ref reader));
        }

        return new EndpointSlice(meta, service, type, ports.MoveToImmutable(), endpoints.MoveToImmutable());
    }

    private static void Write(PackWriter writer, SliceEndpoint endpoint)
    {
        Parts parts = (endpoint.Ready ? Parts.Ready : 0)
            | (endpoint.Serving ? Parts.Serving : 0)
            | (endpoint.Terminating ? Parts.Terminating : 0)
            | (endpoint.Addresses.Length == 1 ? Parts.OneAddress : 0)
            | (endpoint.Zone is null ? 0 : Parts.Zone)
            | (endpoint.ForZones.IsEmpty ? 0 : Parts.ForZones)
            | (endpoint.ForNodes.IsEmpty ? 0 : Parts.ForNodes)
            | (endpoint.Owner is null ? 0 : Parts.Owner);
        writer.Byte((byte)parts);
        if (endpoint.Addresses.Length != 1)
        {
            writer.Number((ulong)endpoint.Addresses.Length);
        }

        foreach (string address in endpoint.Addresses)
        {
            writer.Address(address);
        }

        if (endpoint.Zone is not null)
        {
            writer.Text(endpoint.Zone);
        }

        if (!endpoint.ForZones.IsEmpty)
        {
            writer.Texts(endpoint.ForZones);
        }

        if (!endpoint.ForNodes.IsEmpty)
        {
            writer.Texts(endpoint.ForNodes);
        }

        if (endpoint.Owner is EndpointOwner owner)
        {
            writer.Text(owner.Kind);
            writer.Text(owner.Namespace);
            writer.Text(owner.Name);
        }
    }

    private static SliceEndpoint ReadEndpoint(ref PackReader reader)
    {
        var parts = (Parts)reader.Byte();
        var addresses = ImmutableArray.CreateBuilder<string>(parts.HasFlag(Parts.OneAddress) ? 1 : reader.Count());
        for (int i = addresses.Capacity; i > 0; i--)
        {
            addresses.Add(reader.Address());
        }

        return new SliceEndpoint(
            addresses.MoveToImmutable(), parts.HasFlag(Parts.Ready), parts.HasFlag(Parts.Serving), parts.HasFlag(Parts.Terminating))
        {
            Zone = parts.HasFlag(Parts.Zone) ? reader.Text() : null,
            ForZones = parts.HasFlag(Parts.ForZones) ? reader.Texts() : [],
            ForNodes = parts.HasFlag(Parts.ForNodes) ? reader.Texts() : [],
            Owner = parts.HasFlag(Parts.Owner) ? new EndpointOwner(reader.Text(), reader.Text(), reader.Text()) : null,
        };
    }
}
