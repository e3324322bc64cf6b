import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseArchitecture, violations } from "./support/architecture.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const architecture = parseArchitecture(readFileSync(`${root}docs/architecture.md`, "utf8"));

describe("src/", () => {
  it("keeps to docs/architecture.md", () => {
    const files = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => path.endsWith(".ts"));
    expect(files.length).toBeGreaterThan(0);
    const found = files.flatMap((path) =>
      violations(architecture, path, readFileSync(`${root}src/${path}`, "utf8")),
    );
    expect(found).toEqual([]);
  });

  it("has just the rooms of docs/architecture.md", () => {
    const folders = readdirSync(`${root}src`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect([...architecture.rooms.keys()].sort()).toEqual(folders.sort());
  });
});

describe("parseArchitecture()", () => {
  it("reads rooms, what they may import, and the gateways", () => {
    expect(architecture.rooms.get("core")).toEqual({ mayImport: new Set(), hasNode: false, isExact: true });
    expect([...(architecture.rooms.get("stream")?.mayImport ?? [])]).toContain("spec");
    expect([...(architecture.rooms.get("stream")?.mayImport ?? [])]).not.toContain("runtime");
    expect(architecture.gateways.get("rxjs")).toEqual(new Set(["stream", "runtime"]));
  });

  it("refuses a page without the tables, and a cell that says neither yes nor no", () => {
    expect(() => parseArchitecture("# Nothing")).toThrow('Cannot find the table headed "room"');
    expect(() => parseArchitecture("| room |\n|-|\n| a | b | nothing | maybe | no |\n")).toThrow('"maybe"');
  });
});

describe("violations()", () => {
  it.each([
    [
      "a room that may not be imported",
      "cells/a.ts",
      'import { x } from "../store/index.js";',
      "cells may not import store",
    ],
    [
      "an import of types, too",
      "core/a.ts",
      'import type { X } from "../cells/index.js";',
      "core may not import cells",
    ],
    ["a dynamic import", "codecs/a.ts", 'await import("../mqtt/index.js");', "codecs may not import mqtt"],
    ["an export", "spec/a.ts", 'export * from "../cli/index.js";', "spec may not import cli"],
    [
      "an import over several lines",
      "cells/a.ts",
      '\nimport {\n  a,\n  b,\n} from "../mqtt/index.js";',
      "cells may not import mqtt",
    ],
    [
      "a way past an index",
      "cells/a.ts",
      'import { exp } from "../core/math.js";',
      "../core/math.js goes past the index.js of core",
    ],
    [
      "a way past an index from the entry",
      "index.ts",
      'export { a } from "./core/math.js";',
      "./core/math.js goes past",
    ],
    [
      "a heavy dependency outside its gateway",
      "runtime/a.ts",
      'import { connect } from "mqtt";',
      "mqtt belongs to mqtt alone",
    ],
    [
      "a part of a heavy dependency",
      "spec/a.ts",
      'import { map } from "rxjs/operators";',
      "rxjs/operators belongs to stream, runtime alone",
    ],
    [
      "any of a family of dependencies",
      "cells/a.ts",
      'await import("onnxruntime-node")',
      "onnxruntime-node belongs to onnx alone",
    ],
    [
      "Node's modules where there is no Node",
      "features/a.ts",
      'import fs from "node:fs/promises";',
      "features may not use Node: node:fs/promises",
    ],
    [
      "Node's modules by their old names",
      "core/a.ts",
      'import { join } from "path";',
      "core may not use Node: path",
    ],
    [
      "Node's globals where there is no Node",
      "core/a.ts",
      "if (process.env.X) {}",
      "core may not use Node: process.env",
    ],
    [
      "Math functions that differ between engines",
      "cells/a.ts",
      "const y = Math.tanh(x);",
      "cells may not use Math.tanh",
    ],
    ["Math.hypot", "detection/a.ts", "Math.hypot(a, b)", "detection may not use Math.hypot"],
    ["Math as a whole", "training/a.ts", "const { exp } = Math;", "training may not use Math"],
    ["the power operator", "features/a.ts", "x ** 2", "features may not use **"],
    ["a folder that is in no row", "attic/a.ts", "", "the folder attic is in no row"],
  ])("finds %s", (_, path, source, expected) => {
    const found = violations(architecture, path, source);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  it("says file and line", () => {
    const source = '/* two\nlines */\nimport { x } from "../store/index.js";\n';
    expect(violations(architecture, "cells/a.ts", source)).toEqual([
      "cells/a.ts:3: cells may not import store",
    ]);
  });

  it.each([
    ["its own files", "cells/a.ts", 'import { b } from "./b.js";'],
    ["its own files from a folder within", "cli/commands/a.ts", 'import { b } from "../version.js";'],
    ["other rooms from a folder within", "cli/commands/a.ts", 'import { b } from "../../runtime/index.js";'],
    ["rooms in its row", "cells/a.ts", 'import { exp } from "../core/index.js";'],
    ["all rooms from the entry", "index.ts", 'export { a } from "./stream/index.js";'],
    ["a heavy dependency in its gateway", "onnx/a.ts", 'await import("onnxruntime-web/wasm");'],
    ["other dependencies", "spec/a.ts", 'import { z } from "zod";'],
    ["exact Math", "cells/a.ts", "Math.sqrt(Math.abs(x)) + Math.PI"],
    ["Math in a room that need not be exact", "codecs/a.ts", "Math.pow(10, scale)"],
    ["a method that is named process", "core/a.ts", "stage.process(batch);"],
    [
      "comments that name what is banned",
      "cells/a.ts",
      '// Math.tanh, import x from "mqtt"\n/** y = x ** 2 */',
    ],
  ])("allows %s", (_, path, source) => {
    expect(violations(architecture, path, source)).toEqual([]);
  });
});
