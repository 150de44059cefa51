using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using NodeAgent.Snapshot;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Tests;

/// <summary>Takes every snapshot and fails the listeners it was told to.</summary>
internal sealed class RecordingSink : IConfigSink
{
    private readonly ConcurrentQueue<ConfigSnapshot> _applied = new();
    private readonly Channel<bool> _calls = Channel.CreateUnbounded<bool>();

    public ImmutableArray<BindFailure> Failures { get; set; } = [];

    public Exception? Throws { get; set; }

    /// <summary>What is applied takes effect only when this has ended.</summary>
    public Task Until { get; set; } = Task.CompletedTask;

    public ConfigSnapshot[] Applied => [.. _applied];

    /// <summary>Waits for that many more calls.</summary>
    public async Task CalledAsync(int times)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        for (int i = 0; i < times; i++)
        {
            await _calls.Reader.ReadAsync(patience.Token);
        }
    }

    public async Task<ImmutableArray<BindFailure>> ApplyAsync(ConfigSnapshot snapshot, CancellationToken cancel)
    {
        _applied.Enqueue(snapshot);
        _calls.Writer.TryWrite(true);
        await Until.WaitAsync(cancel);
        return Throws is null ? Failures : throw Throws;
    }
}
