using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class ValidationTests
{
    [Theory]
    [InlineData("{type: string}", "{v: 3}", "spec.v: Invalid value: \"integer\": spec.v in body must be of type string: \"integer\"")]
    [InlineData("{type: integer}", "{v: x}", "spec.v: Invalid value: \"string\": spec.v in body must be of type integer: \"string\"")]
    [InlineData("{type: integer}", "{v: 1.5}", "spec.v: Invalid value: \"number\": spec.v in body must be of type integer: \"number\"")]
    [InlineData("{type: object}", "{v: []}", "spec.v: Invalid value: \"array\": spec.v in body must be of type object: \"array\"")]
    [InlineData("{type: array, items: {type: string}}", "{v: [null]}", "spec.v[0]: Invalid value: \"null\": spec.v[0] in body must be of type string: \"null\"")]
    [InlineData("{type: object, required: [a]}", "{v: {}}", "spec.v.a: Required value")]
    [InlineData("{type: string, enum: [A, B]}", "{v: C}", "spec.v: Unsupported value: \"C\": supported values: \"A\", \"B\"")]
    [InlineData("{type: integer, enum: [301, 302]}", "{v: 1}", "spec.v: Unsupported value: 1: supported values: 301, 302")]
    [InlineData("{type: string, pattern: '^[a-z]+$'}", "{v: A}", "spec.v: Invalid value: \"A\": spec.v in body should match '^[a-z]+$'")]
    [InlineData("{type: integer, minimum: 1}", "{v: 0}", "spec.v: Invalid value: 0: spec.v in body should be greater than or equal to 1")]
    [InlineData("{type: integer, minimum: 1, exclusiveMinimum: true}", "{v: 1}", "spec.v: Invalid value: 1: spec.v in body should be greater than 1")]
    [InlineData("{type: integer, maximum: 65535}", "{v: 65536}", "spec.v: Invalid value: 65536: spec.v in body should be less than or equal to 65535")]
    [InlineData("{type: integer, maximum: 9, exclusiveMaximum: true}", "{v: 9}", "spec.v: Invalid value: 9: spec.v in body should be less than 9")]
    [InlineData("{type: integer, multipleOf: 5}", "{v: 7}", "spec.v: Invalid value: 7: spec.v in body should be a multiple of 5")]
    [InlineData("{type: string, minLength: 2}", "{v: a}", "spec.v: Invalid value: \"a\": spec.v in body should be at least 2 chars long")]
    [InlineData("{type: string, maxLength: 2}", "{v: abc}", "spec.v: Too long: may not be more than 2 bytes")]
    [InlineData("{type: array, items: {type: integer}, minItems: 1}", "{v: []}", "spec.v: Invalid value: []interface {}{}: spec.v in body should have at least 1 items")]
    [InlineData("{type: array, items: {type: integer}, maxItems: 1}", "{v: [1, 2]}", "spec.v: Too many: 2: must have at most 1 item")]
    [InlineData("{type: object, additionalProperties: {type: integer}, maxProperties: 1}", "{v: {a: 1, b: 2}}", "spec.v: Too many: 2: must have at most 1 item")]
    [InlineData("{type: object, additionalProperties: {type: integer}}", "{v: {a: x}}", "spec.v.a: Invalid value: \"string\": spec.v.a in body must be of type integer: \"string\"")]
    [InlineData("{type: array, x-kubernetes-list-type: set, items: {type: string}}", "{v: [a, a]}", "spec.v[1]: Duplicate value: \"a\"")]
    [InlineData("{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [n], items: {type: object, properties: {n: {type: string}, m: {type: string}}}}", "{v: [{n: a, m: x}, {n: a, m: y}]}", "spec.v[1]: Duplicate value: map[string]interface {}{\"n\":\"a\"}")]
    [InlineData("{type: string, format: date-time}", "{v: yesterday}", "spec.v: Invalid value: \"yesterday\": spec.v in body must be of type date-time: \"yesterday\"")]
    [InlineData("{type: string, format: ipv4}", "{v: '::1'}", "spec.v: Invalid value: \"::1\": spec.v in body must be of type ipv4: \"::1\"")]
    [InlineData("{type: string, format: ipv6}", "{v: 1.2.3.4}", "spec.v: Invalid value: \"1.2.3.4\": spec.v in body must be of type ipv6: \"1.2.3.4\"")]
    [InlineData("{type: string, format: cidr}", "{v: 1.2.3.4/33}", "spec.v: Invalid value: \"1.2.3.4/33\": spec.v in body must be of type cidr: \"1.2.3.4/33\"")]
    [InlineData("{type: string, anyOf: [{format: ipv4}, {format: ipv6}]}", "{v: x}", "spec.v: Invalid value: \"\": \"spec.v\" must validate at least one schema (anyOf)")]
    [InlineData("{type: integer, oneOf: [{minimum: 1}, {maximum: 5}]}", "{v: 3}", "spec.v: Invalid value: \"\": \"spec.v\" must validate one and only one schema (oneOf). Found 2 valid alternatives")]
    [InlineData("{type: integer, oneOf: [{minimum: 4}, {maximum: 1}]}", "{v: 3}", "spec.v: Invalid value: \"\": \"spec.v\" must validate one and only one schema (oneOf). Found none valid")]
    [InlineData("{type: string, not: {enum: [bad]}}", "{v: bad}", "spec.v: Invalid value: \"\": \"spec.v\" must not validate the schema (not)")]
    [InlineData("{x-kubernetes-int-or-string: true}", "{v: true}", "spec.v: Invalid value: \"boolean\": spec.v in body must be of type int-or-string: \"boolean\"")]
    [InlineData("{type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}", "{v: {kind: Pod}}", "spec.v.apiVersion: Required value: must not be empty")]
    public void A_value_that_breaks_its_schema_is_refused_in_the_servers_words(string schema, string spec, string refusal)
    {
        StructuralSchema structural = SchemaOf.Spec($"{{type: object, properties: {{v: {schema}}}}}");
        Assert.Equal([refusal], SchemaOf.Refusals(structural, SchemaOf.Widget(spec)));
    }

    [Theory]
    [InlineData("{type: integer}", "{v: 1.0}")]
    [InlineData("{type: string, nullable: true}", "{v: null}")]
    [InlineData("{type: string, maxLength: 2}", "{v: '🦊🦊'}")]
    [InlineData("{x-kubernetes-int-or-string: true}", "{v: http}")]
    [InlineData("{x-kubernetes-int-or-string: true}", "{v: 80}")]
    [InlineData("{type: string, pattern: '^[[:alpha:]\\d]+$'}", "{v: a1}")]
    [InlineData("{type: string, format: nobody-knows-it}", "{v: a1}")]
    [InlineData("{type: string, format: date-time}", "{v: '2026-11-22T06:00:00.123456Z'}")]
    [InlineData("{type: string, format: cidr}", "{v: '2001:db8::/32'}")]
    [InlineData("{type: string, allOf: [{minLength: 1}, {maxLength: 3}]}", "{v: ab}")]
    public void A_value_that_keeps_to_its_schema_is_accepted(string schema, string spec)
    {
        StructuralSchema structural = SchemaOf.Spec($"{{type: object, properties: {{v: {schema}}}}}");
        Assert.Empty(SchemaOf.Refusals(structural, SchemaOf.Widget(spec)));
    }

    [Theory]
    [InlineData(@"^a$", "a\n", false)]
    [InlineData(@"^\d$", "٣", false)]
    [InlineData(@"^\w+$", "é", false)]
    [InlineData(@"^\x60[[]$", "`[", true)]
    [InlineData(@"^[^]]+$", "ab", true)]
    [InlineData(@"^(?P<x>a)+$", "aa", true)]
    [InlineData(@"^[\d\w-]+$", "a-1", true)]
    [InlineData(@"^[[:upper:]]$", "A", true)]
    [InlineData(@"^[%][0-9a-fA-F]{2}$", "%2f", true)]
    public void Patterns_mean_what_they_mean_to_the_server(string pattern, string text, bool matches) =>
        Assert.Equal(matches, GoPattern.Compile(pattern)!.IsMatch(text));

    [Fact]
    public void What_is_no_pattern_is_none() => Assert.Null(GoPattern.Compile("(a"));
}
