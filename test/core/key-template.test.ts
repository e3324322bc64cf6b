import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseKeyTemplate } from "../../src/core/index.js";

describe("parseKeyTemplate()", () => {
  it("renders topic levels from 0, fields and literal text", () => {
    const template = parseKeyTemplate("site-{topic[0]}/{topic[2]}:{machine}");
    expect(template.render(["plant", "x", "hall-3"], { machine: "press" })).toBe("site-plant/hall-3:press");
  });

  it("says what it needs", () => {
    const template = parseKeyTemplate("{topic[3]}{b}{topic[1]}{a}{b}");
    expect(template.needsTopic).toBe(true);
    expect(template.topicLevels).toEqual([1, 3]);
    expect(template.fields).toEqual(["b", "a"]);
    expect(parseKeyTemplate("{a}").needsTopic).toBe(false);
  });

  it.each([
    [7, "7"],
    [-0.5, "-0.5"],
    [1e21, "1e+21"],
    [true, "true"],
    [12n, "12"],
    ["", ""],
  ])("renders the field value %s as %s", (value, key) => {
    expect(parseKeyTemplate("{n}").render(undefined, { n: value })).toBe(key);
  });

  it.each([[undefined], [null], [Number.NaN], [Number.POSITIVE_INFINITY], [{}], [[1]]])(
    "renders undefined when the field is %s",
    (value) => {
      expect(parseKeyTemplate("a{n}").render([], { n: value })).toBeUndefined();
    },
  );

  it("renders undefined when a level, the topic or a field is missing", () => {
    expect(parseKeyTemplate("{topic[1]}").render(["a"], {})).toBeUndefined();
    expect(parseKeyTemplate("{topic[0]}").render(undefined, {})).toBeUndefined();
    expect(parseKeyTemplate("{toString}").render([], {})).toBeUndefined();
  });

  it("renders an empty topic level as it is", () => {
    expect(parseKeyTemplate("{topic[0]}x").render(["", "a"], {})).toBe("x");
  });

  it.each([
    ["", "expected a text or a placeholder at position 1, found nothing"],
    ["a{b", 'expected a closing "}" at position 2, found the end'],
    ["ab{}", "expected {topic[N]} with N from 0, or {FIELD} at position 3, found {}"],
    ["{topic[x]}", "expected {topic[N]} with N from 0, or {FIELD} at position 1, found {topic[x]}"],
    ["{topic[01]}", "expected {topic[N]} with N from 0, or {FIELD} at position 1, found {topic[01]}"],
    ["{a{b}", "expected {topic[N]} with N from 0, or {FIELD} at position 1, found {a{b}"],
  ])("refuses %j with its position", (text, message) => {
    expect(() => parseKeyTemplate(text)).toThrow(
      expect.objectContaining({
        name: "SyntaxError",
        code: "BAD_KEY_TEMPLATE",
        message: `Cannot read key template ${JSON.stringify(text)}: ${message}`,
      }),
    );
  });

  it("renders any text without a brace as itself", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        fc.pre(!text.includes("{"));
        expect(parseKeyTemplate(text).render(undefined, {})).toBe(text);
      }),
      { seed: 1 },
    );
  });
});
