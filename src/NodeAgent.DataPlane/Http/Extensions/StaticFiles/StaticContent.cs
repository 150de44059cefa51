using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Http.Extensions.StaticFiles;

/// <summary>One file that was found: what its answer says of it, and its bytes.</summary>
internal abstract class StaticContent : IDisposable
{
    public abstract long Length { get; }

    /// <summary>A strong one, with its quotes: other bytes have another tag.</summary>
    public abstract string ETag { get; }

    /// <summary>Whole seconds; null when nobody knows.</summary>
    public virtual DateTimeOffset? Modified => null;

    public required string ContentType { get; init; }

    /// <summary>May come back on any thread.</summary>
    /// <returns>How many bytes were read; 0 at the end.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> buffer);

    public virtual void Dispose()
    {
    }
}

/// <summary>A file that the snapshot carries. Lives as long as its site, and is not disposed of.</summary>
internal sealed class MemoryContent(ReadOnlyMemory<byte> bytes) : StaticContent
{
    public override long Length => bytes.Length;

    public override string ETag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes.Span))[..16]}\"";

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer)
    {
        ReadOnlyMemory<byte> rest = bytes[(int)offset..];
        int length = Math.Min(rest.Length, buffer.Length);
        rest[..length].CopyTo(buffer);
        return new ValueTask<int>(length);
    }
}

/// <summary>An open file of this node; one descriptor of <paramref name="budget"/> is its own.</summary>
internal sealed class FileContent : StaticContent
{
    private readonly SafeFileHandle _file;
    private readonly DescriptorBudget _budget;

    /// <exception cref="IOException">It is no file that can be read from any place.</exception>
    /// <exception cref="NotSupportedException">The same, for FIFOs.</exception>
    public FileContent(SafeFileHandle file, DescriptorBudget budget)
    {
        _file = file;
        _budget = budget;
        Length = RandomAccess.GetLength(file);
        DateTime modified = File.GetLastWriteTimeUtc(file);
        Modified = new DateTimeOffset(modified.AddTicks(-(modified.Ticks % TimeSpan.TicksPerSecond)));
        ETag = string.Create(CultureInfo.InvariantCulture, $"\"{modified.Ticks:x}-{Length:x}\"");
    }

    public override long Length { get; }

    public override string ETag { get; }

    public override DateTimeOffset? Modified { get; }

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) => RandomAccess.ReadAsync(_file, buffer, offset);

    public override void Dispose()
    {
        _file.Dispose();
        _budget.Give(1);
    }
}
