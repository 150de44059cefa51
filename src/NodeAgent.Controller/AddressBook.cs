using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace NodeAgent.Controller;

/// <summary>
/// Which Gateway was given which pool address, kept over restarts in <c>addresses.json</c> of the state folder.
/// A Gateway that is gone (or cannot be read at the moment) keeps its entry until another takes the address.
/// </summary>
public sealed class AddressBook
{
    /// <summary>Bounds the file: entries of Gateways that are gone are dropped beyond this.</summary>
    private const int MaxEntries = 10_000;

    private readonly string? _path;
    private ImmutableSortedDictionary<string, string> _saved = Nothing;

    private AddressBook(string? path) => _path = path;

    private static ImmutableSortedDictionary<string, string> Nothing { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Gateway <c>NS/NAME</c> to address.</summary>
    public ImmutableSortedDictionary<string, string> Remembered { get; private set; } = Nothing;

    /// <param name="stateFolder">Null: nothing outlives the process.</param>
    /// <param name="warning">One line when the file is there but of no use; the book is empty then.</param>
    public static AddressBook Load(string? stateFolder, out string? warning)
    {
        warning = null;
        if (stateFolder is null)
        {
            return new AddressBook(null);
        }

        var book = new AddressBook(Path.Combine(stateFolder, "addresses.json"));
        try
        {
            if (File.Exists(book._path))
            {
                book._saved = Parse(File.ReadAllBytes(book._path));
                book.Remembered = book._saved;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            warning = $"{book._path} is ignored, Gateways may get other addresses than before: {e.Message}";
        }

        return book;
    }

    /// <summary>Takes over what a translation gave, and writes the file when that changed it.</summary>
    /// <returns>Null, or why the file could not be written (it is tried again next time).</returns>
    public string? Remember(ImmutableSortedDictionary<string, string> given)
    {
        Remembered = With(given);
        if (_path is null || Same(_saved, Remembered))
        {
            return null;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            Write(_path, Remembered);
            _saved = Remembered;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"addresses cannot be remembered: {e.Message}";
        }
    }

    private ImmutableSortedDictionary<string, string> With(ImmutableSortedDictionary<string, string> given)
    {
        ImmutableSortedDictionary<string, string>.Builder next = given.WithComparers(StringComparer.Ordinal).ToBuilder();
        var taken = given.Values.ToHashSet(StringComparer.Ordinal);
        foreach ((string gateway, string address) in Remembered)
        {
            if (next.Count < MaxEntries && !next.ContainsKey(gateway) && taken.Add(address))
            {
                next.Add(gateway, address);
            }
        }

        return next.ToImmutable();
    }

    private static bool Same(ImmutableSortedDictionary<string, string> a, ImmutableSortedDictionary<string, string> b) =>
        a.Count == b.Count && a.SequenceEqual(b);

    private static ImmutableSortedDictionary<string, string> Parse(byte[] utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        ImmutableSortedDictionary<string, string>.Builder entries = Nothing.ToBuilder();
        foreach (JsonProperty entry in document.RootElement.EnumerateObject())
        {
            string? address = entry.Value.GetString();
            if (!IPAddress.TryParse(address, out _))
            {
                throw new JsonException($"{entry.Name} has no address");
            }

            entries[entry.Name] = address;
        }

        return entries.ToImmutable();
    }

    /// <summary>A reader, or a crash, meets the old file or the new one.</summary>
    private static void Write(string path, ImmutableSortedDictionary<string, string> entries)
    {
        string temporary = path + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            foreach ((string gateway, string address) in entries)
            {
                writer.WriteString(gateway, address);
            }

            writer.WriteEndObject();
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
