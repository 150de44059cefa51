namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Tells each trouble of a watch once, and once that it is over.</summary>
internal sealed class WatchTrouble(IWatchHandler handler)
{
    private string? _told;

    public void Tell(string problem)
    {
        if (_told != problem)
        {
            _told = problem;
            handler.Trouble(problem);
        }
    }

    public void Over()
    {
        if (_told is not null)
        {
            _told = null;
            handler.Trouble(null);
        }
    }
}
