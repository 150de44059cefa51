using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>
/// One expression of x-kubernetes-validations: the part of CEL that CRDs use (of arithmetic only sums, no protobuf types). An
/// expression outside of it is a <see cref="CelException"/>.
/// </summary>
internal sealed partial class CelRule
{
    private readonly List<string> _tokens;

    private int _at;

    private CelRule(string text)
    {
        _tokens = [.. Token().Matches(text).Select(m => m.Value)];
        if (Token().Replace(text, "").Trim().Length > 0)
        {
            throw new CelException($"cannot be read: {Token().Replace(text, "").Trim()}");
        }
    }

    /// <summary>Member names that stand behind a dot, on whatever value.</summary>
    public HashSet<string> Members { get; } = new(StringComparer.Ordinal);

    public CelNode Body { get; private set; } = _ => null;

    /// <summary>It compares with the object before; so it says nothing about a new one.</summary>
    public bool IsTransition { get; private init; }

    public static CelRule Parse(string text)
    {
        var rule = new CelRule(text) { IsTransition = text.Contains("oldSelf", StringComparison.Ordinal) };
        rule.Body = rule.Ternary();
        return rule._at == rule._tokens.Count ? rule : throw new CelException($"ends before {rule.Peek()}");
    }

    /// <summary>An error while judging counts as false, as in the API server.</summary>
    public bool Holds(JsonNode? self)
    {
        try
        {
            return Body(new CelScope("self", CelValues.Of(self), null)) is true;
        }
        catch (CelException)
        {
            return false;
        }
    }

    private string Peek() => _at < _tokens.Count ? _tokens[_at] : "";

    private string Next() => _at < _tokens.Count ? _tokens[_at++] : throw new CelException("ends too early");

    private bool Take(string token)
    {
        if (Peek() != token)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
        {
            throw new CelException($"has {Peek()} where {token} belongs");
        }
    }

    private CelNode Ternary()
    {
        CelNode condition = Or();
        if (!Take("?"))
        {
            return condition;
        }

        CelNode yes = Ternary();
        Expect(":");
        CelNode no = Ternary();
        return scope => CelValues.Truth(condition(scope)) ? yes(scope) : no(scope);
    }

    private CelNode Or()
    {
        CelNode left = And();
        while (Take("||"))
        {
            (CelNode a, CelNode b) = (left, And());
            left = scope => CelValues.Either(a, b, scope, decisive: true);
        }

        return left;
    }

    private CelNode And()
    {
        CelNode left = Relation();
        while (Take("&&"))
        {
            (CelNode a, CelNode b) = (left, Relation());
            left = scope => CelValues.Either(a, b, scope, decisive: false);
        }

        return left;
    }

    private CelNode Relation()
    {
        CelNode left = Sum();
        while (Peek() is "==" or "!=" or "<" or "<=" or ">" or ">=" or "in")
        {
            string sign = Next();
            (CelNode a, CelNode b) = (left, Sum());
            left = scope => CelValues.Compare(sign, a(scope), b(scope));
        }

        return left;
    }

    private CelNode Sum()
    {
        CelNode left = Unary();
        while (Take("+"))
        {
            (CelNode a, CelNode b) = (left, Unary());
            left = scope => CelValues.Add(a(scope), b(scope));
        }

        return left;
    }

    private CelNode Unary()
    {
        if (Take("!"))
        {
            CelNode operand = Unary();
            return scope => !CelValues.Truth(operand(scope));
        }

        CelNode value = Primary();
        while (true)
        {
            if (Take("."))
            {
                value = Member(value);
            }
            else if (Take("["))
            {
                (CelNode list, CelNode index) = (value, Ternary());
                Expect("]");
                value = scope => CelValues.Item(list(scope), index(scope));
            }
            else
            {
                return value;
            }
        }
    }

    private CelNode Member(CelNode target)
    {
        string name = Next();
        if (!Take("("))
        {
            string field = name.StartsWith("__", StringComparison.Ordinal) ? name.Trim('_') : name;
            Members.Add(field);
            return scope => CelValues.Field(target(scope), field);
        }

        if (name is "all" or "exists" or "exists_one" or "filter" or "map")
        {
            string variable = Next();
            Expect(",");
            CelNode body = Ternary();
            Expect(")");
            return scope => CelValues.Macro(name, target(scope), item => body(new CelScope(variable, item, scope)));
        }

        CelNode[] arguments = Arguments();
        return scope => CelFunctions.Call(name, [target(scope), .. arguments.Select(a => a(scope))]);
    }

    private CelNode[] Arguments()
    {
        var arguments = new List<CelNode>();
        while (!Take(")"))
        {
            arguments.Add(Ternary());
            if (Peek() != ")")
            {
                Expect(",");
            }
        }

        return [.. arguments];
    }

    private CelNode Primary()
    {
        string token = Next();
        switch (token[0])
        {
            case '(':
                CelNode inner = Ternary();
                Expect(")");
                return inner;
            case '[':
                var items = new List<CelNode>();
                while (!Take("]"))
                {
                    items.Add(Ternary());
                    Take(",");
                }

                return scope => items.ConvertAll(i => i(scope));
            case '\'' or '"':
                string text = token.StartsWith("\"\"\"", StringComparison.Ordinal) ? token[3..^3] : Regex.Unescape(token[1..^1]);
                return _ => text;
            case 'r' when token.Length > 1 && token[1] is '\'' or '"':
                string raw = token.StartsWith("r\"\"\"", StringComparison.Ordinal) ? token[4..^3] : token[2..^1];
                return _ => raw;
            case >= '0' and <= '9' or '-':
                long number = long.Parse(token, CultureInfo.InvariantCulture);
                return _ => number;
        }

        if (token is "true" or "false")
        {
            return _ => token == "true";
        }

        if (token == "has")
        {
            Expect("(");
            CelNode field = Unary();
            Expect(")");
            return scope => CelValues.Has(field, scope);
        }

        if (Take("("))
        {
            CelNode[] arguments = Arguments();
            return scope => CelFunctions.Call(token, [.. arguments.Select(a => a(scope))]);
        }

        return char.IsLetter(token[0]) ? scope => scope.Find(token) : throw new CelException($"has {token} where a value belongs");
    }

    [GeneratedRegex("""
        r?\"\"\"[\s\S]*?\"\"\"|r?'(?:\\.|[^'\\])*'|r?"(?:\\.|[^"\\])*"|[A-Za-z_][A-Za-z0-9_]*|-?[0-9]+|&&|\|\||==|!=|<=|>=|[<>!?:.,+()\[\]]
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Token();
}

internal delegate object? CelNode(CelScope scope);

internal sealed class CelException(string message) : Exception(message);

internal sealed record CelScope(string Name, object? Value, CelScope? Outer)
{
    public object? Find(string name) =>
        name == Name ? Value : Outer is null ? throw new CelException($"{name} is unknown") : Outer.Find(name);
}
