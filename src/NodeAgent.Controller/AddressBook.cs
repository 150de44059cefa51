using System.Collections.Immutable;
using System.Text.Json;
using NodeAgent.Translator;

namespace NodeAgent.Controller;

/// <summary>
/// Which Gateway was given which pool addresses, kept over restarts in <c>addresses.json</c> of the state folder: an
/// address, or a list of them. A Gateway that is gone (or cannot be read at the moment) keeps each until another takes it.
/// </summary>
public sealed class AddressBook
{
    /// <summary>Bounds the file: entries of Gateways that are gone are dropped beyond this.</summary>
    private const int MaxEntries = 10_000;

    private readonly string? _path;
    private ImmutableSortedDictionary<string, PoolAddresses> _saved = Nothing;

    private AddressBook(string? path) => _path = path;

    private static ImmutableSortedDictionary<string, PoolAddresses> Nothing { get; } =
        ImmutableSortedDictionary.Create<string, PoolAddresses>(StringComparer.Ordinal);

    /// <summary>Gateway <c>NS/NAME</c> to addresses.</summary>
    public ImmutableSortedDictionary<string, PoolAddresses> Remembered { get; private set; } = Nothing;

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
    public string? Remember(ImmutableSortedDictionary<string, PoolAddresses> given)
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

    private ImmutableSortedDictionary<string, PoolAddresses> With(ImmutableSortedDictionary<string, PoolAddresses> given)
    {
        ImmutableSortedDictionary<string, PoolAddresses>.Builder next = given.WithComparers(StringComparer.Ordinal).ToBuilder();
        var taken = given.Values.SelectMany(a => a.All).ToHashSet(StringComparer.Ordinal);
        foreach ((string gateway, PoolAddresses addresses) in Remembered)
        {
            if (next.Count < MaxEntries && !next.ContainsKey(gateway) && PoolAddresses.Of(addresses.All.Where(taken.Add)) is { All.IsEmpty: false } left)
            {
                next.Add(gateway, left);
            }
        }

        return next.ToImmutable();
    }

    private static bool Same(ImmutableSortedDictionary<string, PoolAddresses> a, ImmutableSortedDictionary<string, PoolAddresses> b) =>
        a.Count == b.Count && a.SequenceEqual(b);

    private static ImmutableSortedDictionary<string, PoolAddresses> Parse(byte[] utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        ImmutableSortedDictionary<string, PoolAddresses>.Builder entries = Nothing.ToBuilder();
        foreach (JsonProperty entry in document.RootElement.EnumerateObject())
        {
            string?[] texts = entry.Value.ValueKind == JsonValueKind.Array
                ? [.. entry.Value.EnumerateArray().Select(a => a.GetString())]
                : [entry.Value.GetString()];
            PoolAddresses addresses = PoolAddresses.Of(texts.OfType<string>());
            if (addresses.All.IsEmpty || addresses.All.Length != texts.Length)
            {
                throw new JsonException($"{entry.Name} has no addresses");
            }

            entries[entry.Name] = addresses;
        }

        return entries.ToImmutable();
    }

    /// <summary>A reader, or a crash, meets the old file or the new one.</summary>
    private static void Write(string path, ImmutableSortedDictionary<string, PoolAddresses> entries)
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
            foreach ((string gateway, PoolAddresses addresses) in entries)
            {
                Write(writer, gateway, addresses.All);
            }

            writer.WriteEndObject();
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static void Write(Utf8JsonWriter writer, string gateway, ImmutableArray<string> addresses)
    {
        if (addresses.Length == 1)
        {
            writer.WriteString(gateway, addresses[0]);
            return;
        }

        writer.WriteStartArray(gateway);
        foreach (string address in addresses)
        {
            writer.WriteStringValue(address);
        }

        writer.WriteEndArray();
    }
}
