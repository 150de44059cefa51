using System.Text.Json;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Takes a watch apart into its events. An event is whole with its last brace: nothing waits for the line to end.</summary>
internal sealed class WatchEventReader : IDisposable
{
    private readonly JsonBuffer _buffer = new(16 * 1024);
    private JsonReaderState _state = new(JsonBuffer.ReaderOptions);

    public ValueTask<bool> FillAsync(Stream stream, CancellationToken cancel) => _buffer.FillAsync(stream, cancel);

    /// <returns>The next event that has come whole; null when more must come first. To be disposed of before the next call.</returns>
    /// <exception cref="JsonException">What has come is no JSON object.</exception>
    public JsonDocument? Next()
    {
        var reader = new Utf8JsonReader(_buffer.Unscanned, isFinalBlock: false, _state);
        while (reader.Read())
        {
            if (reader.CurrentDepth > 0)
            {
                continue;
            }

            if (reader.TokenType == JsonTokenType.StartObject)
            {
                _buffer.BeginPiece(reader.TokenStartIndex);
            }
            else if (reader.TokenType == JsonTokenType.EndObject)
            {
                _buffer.Scanned(reader.BytesConsumed);
                _state = new JsonReaderState(JsonBuffer.ReaderOptions);
                return JsonDocument.Parse(_buffer.TakePiece(), JsonBuffer.DocumentOptions);
            }
            else
            {
                throw new JsonException("an event of a watch should be an object");
            }
        }

        _buffer.Scanned(reader.BytesConsumed);
        _state = reader.CurrentState;
        return null;
    }

    public void Dispose() => _buffer.Dispose();
}
