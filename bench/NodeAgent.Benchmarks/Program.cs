using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using NodeAgent.Benchmarks;

// "size" and "translation-size" print what cannot be told per operation; all else goes to BenchmarkDotNet, e.g. --filter '*RouteTable*'.
if (args is ["size"])
{
    TableSize.Print(Console.Out);
    return;
}

if (args is ["translation-size"])
{
    TranslationSize.Print(Console.Out);
    return;
}

// In process: the runner knows no project template for this .NET version.
IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
