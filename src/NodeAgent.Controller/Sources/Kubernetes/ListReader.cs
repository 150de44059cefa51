using System.Text.Json;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Takes one page of a list apart into its items, of which one is held at a time, whatever the page's size.</summary>
internal sealed class ListReader : IDisposable
{
    private readonly JsonBuffer _buffer = new(64 * 1024);
    private JsonReaderState _state = new(JsonBuffer.ReaderOptions);
    private Section _section;

    private enum Section
    {
        Other,
        Items,
        Metadata,
    }

    /// <summary>The page was read to its last brace.</summary>
    public bool Ended { get; private set; }

    public string ResourceVersion { get; private set; } = "";

    /// <summary>Asks for the next page; empty on the last one.</summary>
    public string Continue { get; private set; } = "";

    public ValueTask<bool> FillAsync(Stream stream, CancellationToken cancel) => _buffer.FillAsync(stream, cancel);

    /// <returns>The next item that has come whole; null when more must come first. To be disposed of before the next call.</returns>
    /// <exception cref="JsonException">What has come is no list.</exception>
    public JsonDocument? Next()
    {
        while (!Ended && NextPiece() is ReadOnlyMemory<byte> piece)
        {
            JsonDocument document = JsonDocument.Parse(piece, JsonBuffer.DocumentOptions);
            if (_section == Section.Items)
            {
                return document;
            }

            using (document)
            {
                ResourceVersion = document.RootElement.TextOf("resourceVersion");
                Continue = document.RootElement.TextOf("continue");
            }
        }

        return null;
    }

    public void Dispose() => _buffer.Dispose();

    private ReadOnlyMemory<byte>? NextPiece()
    {
        var reader = new Utf8JsonReader(_buffer.Unscanned, isFinalBlock: false, _state);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 0)
            {
                Ended = reader.TokenType == JsonTokenType.EndObject;
                if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
                {
                    throw new JsonException("a list should be an object");
                }
            }
            else if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName)
            {
                _section = reader.ValueTextEquals("items"u8) ? Section.Items
                    : reader.ValueTextEquals("metadata"u8) ? Section.Metadata
                    : Section.Other;
            }
            else if (_section != Section.Other && reader.CurrentDepth == (_section == Section.Items ? 2 : 1))
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    _buffer.BeginPiece(reader.TokenStartIndex);
                }
                else if (reader.TokenType == JsonTokenType.EndObject)
                {
                    _buffer.Scanned(reader.BytesConsumed);
                    _state = reader.CurrentState;
                    return _buffer.TakePiece();
                }
            }
        }

        _buffer.Scanned(reader.BytesConsumed);
        _state = reader.CurrentState;
        return null;
    }
}
