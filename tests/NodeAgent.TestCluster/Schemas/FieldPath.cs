using System.Globalization;
using System.Text;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Where a walk through an object is. Written out only when there is something to say.</summary>
internal sealed class FieldPath
{
    private readonly List<string?> _names = [];
    private readonly List<int> _indices = [];

    public int Depth => _names.Count;

    public void Push(string name)
    {
        _names.Add(name);
        _indices.Add(-1);
    }

    public void Push(int index)
    {
        _names.Add(null);
        _indices.Add(index);
    }

    public void Pop()
    {
        _names.RemoveAt(_names.Count - 1);
        _indices.RemoveAt(_indices.Count - 1);
    }

    public string With(string name) => Depth == 0 ? name : $"{this}.{name}";

    public string With(int index) => $"{this}[{index.ToString(CultureInfo.InvariantCulture)}]";

    public override string ToString()
    {
        StringBuilder text = new();
        for (int i = 0; i < _names.Count; i++)
        {
            if (_names[i] is { } name)
            {
                if (text.Length > 0)
                {
                    text.Append('.');
                }

                text.Append(name);
            }
            else
            {
                text.Append('[').Append(_indices[i].ToString(CultureInfo.InvariantCulture)).Append(']');
            }
        }

        return text.ToString();
    }
}
