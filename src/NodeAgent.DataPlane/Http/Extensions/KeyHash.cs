using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>
/// A 64-bit hash with a seed of this process: clients choose what is hashed, and must not be able to choose who shares a bucket with
/// whom. Two different texts are equal by chance once in 2^64.
/// </summary>
internal static class KeyHash
{
    private const ulong Mixer = 0x9E37_79B9_7F4A_7C15;

    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public static ulong Of(ulong number) => Fold(Fold(number ^ Seed, Mixer) ^ Mixer, Seed | 1);

    public static ulong Of(ReadOnlySpan<char> text)
    {
        ulong hash = Of((ulong)text.Length);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(text);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(bytes), Seed | 1);
            bytes = bytes[sizeof(ulong)..];
        }

        ulong rest = 0;
        foreach (byte value in bytes)
        {
            rest = (rest << 8) | value;
        }

        return Fold(hash ^ rest ^ Mixer, Seed | 1);
    }

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return (high ^ low) + Mixer;
    }
}
