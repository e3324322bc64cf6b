import { z } from "zod";
import { pipelineFormat } from "./format.js";
import type { Path } from "./problem.js";

/** The parts of a JSON Schema that the format uses. `x-absent` says what an absent field means. */
export interface FormatSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, FormatSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: FormatSchema | boolean;
  readonly items?: FormatSchema | readonly FormatSchema[];
  readonly oneOf?: readonly FormatSchema[];
  readonly "x-absent"?: string;
}

/** The pipeline format as JSON Schema (draft 7, which editors read), for completion and checks while typing. */
export function pipelineJsonSchema(): FormatSchema {
  return z.toJSONSchema(pipelineFormat, { io: "input", target: "draft-7" }) as FormatSchema;
}

let cached: FormatSchema | undefined;

/** Names of the fields that may stand at a path, in every form that the value there may take. */
export function fieldsAt(path: Path): string[] {
  cached ??= pipelineJsonSchema();
  let schemas: readonly FormatSchema[] = [cached];
  for (const step of path) schemas = schemas.flatMap(forms).flatMap((schema) => inside(schema, step));
  return [...new Set(schemas.flatMap(forms).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** Paths at which a field of this name may stand, outside of lists: `sequence.gap` for `gap`. */
export function homesOf(field: string): string[] {
  cached ??= pipelineJsonSchema();
  const search = (schema: FormatSchema, path: string): string[] =>
    forms(schema).flatMap(({ properties }) =>
      Object.entries(properties ?? {}).flatMap(([name, inner]) => [
        ...(name === field ? [`${path}${name}`] : []),
        ...search(inner, `${path}${name}.`),
      ]),
    );
  return [...new Set(search(cached, ""))];
}

/** The forms a value may take: the branches of a union, or the schema itself. */
export function forms(schema: FormatSchema): readonly FormatSchema[] {
  return schema.oneOf?.flatMap(forms) ?? [schema];
}

function inside(schema: FormatSchema, step: string | number): FormatSchema[] {
  const { properties, additionalProperties, items } = schema;
  const found =
    typeof step === "number"
      ? "length" in (items ?? {})
        ? (items as readonly FormatSchema[])[step]
        : (items as FormatSchema | undefined)
      : properties !== undefined && Object.hasOwn(properties, step)
        ? properties[step]
        : typeof additionalProperties === "object"
          ? additionalProperties
          : undefined;
  return found === undefined ? [] : [found];
}
