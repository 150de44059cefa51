using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Tests.Schemas;

public class CelRuleTests
{
    [Theory]
    [InlineData("self.n == 204", true)]
    [InlineData("self.n != 204 || self.n > 300", false)]
    [InlineData("self.n in [200, 204] && !(self.t in ['a', \"b\"])", true)]
    [InlineData("has(self.n) ? self.n + 1 == 205 : false", true)]
    [InlineData("has(self.none)", false)]
    [InlineData("self.none == 1 || self.n == 204", true)]
    [InlineData("self.none == 1 && self.n == 204", false)]
    [InlineData("size(self.l) == 3 && self.l.size() == 3", true)]
    [InlineData("self.l.all(x, x > 0) && self.l.exists(x, x == 2) && self.l.exists_one(x, x == 3)", true)]
    [InlineData("self.l.filter(x, x >= 2).size() == 2 && self.l.map(x, x + 1)[0] == 2", true)]
    [InlineData("self.l.all(x, self.l.exists_one(y, x == y))", true)]
    [InlineData("self.m.all(key, key.matches(r\"^k[0-9]$\"))", true)]
    [InlineData("self.m['k1'] == 'v' && 'k1' in self.m && !('k2' in self.m)", true)]
    [InlineData("self.t.startsWith('te') && self.t.endsWith(\"xt\") && self.t.contains('ex') && self.t.substring(2) == 'xt'", true)]
    [InlineData("self.t.split('e')[0] == 't' && self.t.replace('t', 'T') == 'TexT'", true)]
    [InlineData("duration(self.d) < duration('2m') && duration(self.d) == duration('90s')", true)]
    [InlineData("self.__namespace__ == 'ns'", true)]
    [InlineData("isIP('192.0.2.1') && !isIP(self.t)", true)]
    public void An_expression_is_judged_as_the_API_server_judges_it(string rule, bool holds)
    {
        JsonNode self = JsonNode.Parse("""{"n":204,"t":"text","l":[1,2,3],"m":{"k1":"v"},"d":"1m30s","namespace":"ns"}""")!;
        Assert.Equal(holds, CelRule.Parse(rule).Holds(self));
    }

    [Theory]
    [InlineData("self.n == ")]
    [InlineData("self.n # 1")]
    [InlineData("(self.n == 1")]
    [InlineData("self.n == 1 2")]
    public void What_is_no_expression_is_told(string rule) => Assert.Throws<CelException>(() => CelRule.Parse(rule));
}
