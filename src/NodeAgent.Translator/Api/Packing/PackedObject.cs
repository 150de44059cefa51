using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Packing;

/// <summary>
/// A Service or an EndpointSlice in few bytes: a cluster has many, and most of them nobody reads. Nothing of the record
/// is lost; its namespace and name, which whoever keeps the bytes knows anyway, are not in them.
/// </summary>
public static class PackedObject
{
    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Slice = 1,
        Generation = 2,
        CreatedAt = 4,
        Labels = 8,
        AppProtocol = 16,
        IpFamilies = 32,
        Affinity = 64,
        Distribution = 128,
    }

    /// <exception cref="ArgumentException">It is of another kind.</exception>
    public static byte[] Pack(ApiObject item)
    {
        var writer = new PackWriter(item.Meta.Namespace, item.Meta.Name);
        switch (item)
        {
            case EndpointSlice slice:
                writer.Byte((byte)(Parts.Slice | PartsOf(slice.Meta)));
                writer.Text(slice.ServiceName);
                Write(writer, slice.Meta);
                PackedSlice.Write(writer, slice);
                break;
            case Service service:
                Parts parts = PartsOf(service.Meta)
                    | (service.IpFamilies.IsEmpty ? 0 : Parts.IpFamilies)
                    | (service.ClientIpAffinitySeconds is null ? 0 : Parts.Affinity)
                    | (service.TrafficDistribution is null ? 0 : Parts.Distribution);
                writer.Byte((byte)parts);
                Write(writer, service.Meta);
                Write(writer, service);
                break;
            default:
                throw new ArgumentException($"{item.Kind} is never packed", nameof(item));
        }

        return writer.Written;
    }

    /// <param name="ns">Of the object that was packed; so is <paramref name="name"/>.</param>
    /// <param name="name"/>
    /// <param name="packed"/>
    public static ApiObject Unpack(string ns, string name, byte[] packed)
    {
        var reader = new PackReader(ns, name, packed);
        var parts = (Parts)reader.Byte();
        if (parts.HasFlag(Parts.Slice))
        {
            string? service = reader.OptionalText();
            return PackedSlice.Read(ref reader, ReadMeta(ref reader, ns, name, parts), service);
        }

        return ReadService(ref reader, ReadMeta(ref reader, ns, name, parts), parts);
    }

    /// <summary>The Service that a packed slice belongs to, at the cost of that alone; null for none.</summary>
    public static string? ServiceOf(string ns, string name, byte[] packed)
    {
        var reader = new PackReader(ns, name, packed);
        return ((Parts)reader.Byte()).HasFlag(Parts.Slice) ? reader.OptionalText() : null;
    }

    private static Parts PartsOf(ObjectMeta meta) =>
        (meta.Generation == 1 ? 0 : Parts.Generation)
        | (meta.CreatedAt == 0 ? 0 : Parts.CreatedAt)
        | (meta.Labels.IsEmpty ? 0 : Parts.Labels)
        | (meta.AppProtocol is null ? 0 : Parts.AppProtocol);

    private static void Write(PackWriter writer, ObjectMeta meta)
    {
        if (meta.Generation != 1)
        {
            writer.Signed(meta.Generation);
        }

        if (meta.CreatedAt != 0)
        {
            writer.Signed(meta.CreatedAt);
        }

        if (!meta.Labels.IsEmpty)
        {
            writer.Texts([.. meta.Labels.SelectMany(l => new[] { l.Key, l.Value })]);
        }

        if (meta.AppProtocol is not null)
        {
            writer.Text(meta.AppProtocol);
        }
    }

    private static ObjectMeta ReadMeta(ref PackReader reader, string ns, string name, Parts parts)
    {
        long generation = parts.HasFlag(Parts.Generation) ? reader.Signed() : 1;
        long createdAt = parts.HasFlag(Parts.CreatedAt) ? reader.Signed() : 0;
        ImmutableArray<string> labels = parts.HasFlag(Parts.Labels) ? reader.Texts() : [];
        return new ObjectMeta(
            ns,
            name,
            generation,
            createdAt,
            ImmutableSortedDictionary<string, string>.Empty.AddRange(labels.Chunk(2).Select(l => KeyValuePair.Create(l[0], l[1]))))
        {
            AppProtocol = parts.HasFlag(Parts.AppProtocol) ? reader.Text() : null,
        };
    }

    private static void Write(PackWriter writer, Service service)
    {
        writer.Text(service.Type);
        writer.Number((ulong)service.Ports.Length);
        foreach (ServicePort port in service.Ports)
        {
            writer.Text(port.Name);
            writer.Signed(port.Port);
            writer.Text(port.Protocol);
            writer.Text(port.AppProtocol);
        }

        if (!service.IpFamilies.IsEmpty)
        {
            writer.Texts(service.IpFamilies);
        }

        if (service.ClientIpAffinitySeconds is int seconds)
        {
            writer.Signed(seconds);
        }

        if (service.TrafficDistribution is not null)
        {
            writer.Text(service.TrafficDistribution);
        }
    }

    private static Service ReadService(ref PackReader reader, ObjectMeta meta, Parts parts)
    {
        string type = reader.Text();
        var ports = ImmutableArray.CreateBuilder<ServicePort>(reader.Count());
        for (int i = ports.Capacity; i > 0; i--)
        {
            ports.Add(new ServicePort(reader.Text(), (int)reader.Signed(), reader.Text(), reader.OptionalText()));
        }

        return new Service(meta, type, ports.MoveToImmutable())
        {
            IpFamilies = parts.HasFlag(Parts.IpFamilies) ? reader.Texts() : [],
            ClientIpAffinitySeconds = parts.HasFlag(Parts.Affinity) ? (int)reader.Signed() : null,
            TrafficDistribution = parts.HasFlag(Parts.Distribution) ? reader.Text() : null,
        };
    }
}
