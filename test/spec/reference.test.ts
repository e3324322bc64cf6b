import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type FormatSchema,
  pipelineJsonSchema,
  pipelineReference,
  referenceFiles,
} from "../../src/spec/index.js";
import { lintRules } from "../../src/spec/lint.js";

const root = new URL("../../", import.meta.url);

describe("referenceFiles()", () => {
  it.each(Object.entries(referenceFiles()))(
    "gives %s as it is committed (else: npm run docs)",
    (file, text) => {
      expect(readFileSync(new URL(file, root), "utf8")).toBe(text);
    },
  );
});

/** Every field of the format, by path. */
function fields(schema: FormatSchema, path = ""): [string, FormatSchema][] {
  const items =
    schema.items !== undefined && !("length" in schema.items) ? [schema.items as FormatSchema] : [];
  const values = typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : [];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]): [string, FormatSchema][] => [
      [`${path}.${name}`, field],
      ...fields(field, `${path}.${name}`),
    ]),
    ...[...items, ...values, ...(schema.oneOf ?? [])].flatMap((one) => fields(one, path)),
  ];
}

describe("pipelineJsonSchema()", () => {
  const all = fields(pipelineJsonSchema());

  it.each(all)("describes %s", (_path, field) => {
    expect(field.description).toMatch(/\.$/);
  });

  it("gives each field without a default an example, or says what it means to leave it out", () => {
    const bare = all.filter(
      ([path, field]) =>
        field.default === undefined &&
        field.examples === undefined &&
        field["x-absent"] === undefined &&
        field.properties === undefined &&
        !path.includes(".notes."),
    );
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it("closes every section", () => {
    const open = all.filter(([, field]) => field.properties && field.additionalProperties !== false);
    expect(open).toEqual([]);
  });
});

describe("pipelineReference()", () => {
  const page = pipelineReference();

  it("has every field and every rule", () => {
    for (const [path] of fields(pipelineJsonSchema())) {
      expect(page).toContain(`| \`${path.slice(path.lastIndexOf(".") + 1)}\``);
    }
    for (const { code } of lintRules) expect(page).toContain(`\`${code}\``);
  });
});
