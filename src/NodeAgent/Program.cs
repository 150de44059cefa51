using NodeAgent.Commands;

return await CommandLine.RunAsync(args, CommandContext.OfProcess());
