import { chmodSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const src = fileURLToPath(new URL("src", import.meta.url));
const packages = fileURLToPath(new URL("node_modules", import.meta.url));

const ROOMS = [
  ...["core", "kernel", "cells", "onnx", "codecs", "features", "detection", "training", "mqtt", "store"],
  ...["spec", "stream", "runtime", "server"],
];
/** What is run, or imported, by itself. */
const PROGRAMS = [
  "index",
  ...["cli/main", "store/writer-thread", "runtime/learner-thread", "server/reader-thread"],
  ...["subject", "flood", "generator", "restarted"].map((name) => `cli/bench/${name}`),
  ...["cli/program", "cli/reference", "cli/bench/events"],
];
const entries = [...PROGRAMS, ...ROOMS.map((room) => `${room}/index`)];

/** Whose code is loaded whenever Eddy runs, in hundreds of small files. */
const TAKEN_IN = [
  "rxjs",
  "tslib",
  "zod",
  "yaml",
  "commander",
  "csv-parse",
  "fastest-levenshtein",
  "picocolors",
];

/**
 * The program in dist/: a file for each room in place of one for each module, with the small packages that it always needs:
 * docs/decisions/0020-a-file-for-each-room.md.
 */
export default defineConfig({
  logLevel: "warn",
  publicDir: false,
  // Unused parts of its build for Node can't be left out.
  resolve: { alias: { rxjs: `${packages}/rxjs/dist/esm/index.js` } },
  ssr: { noExternal: TAKEN_IN },
  // A link to it on the path goes on working when it is built anew.
  plugins: [{ name: "executable", writeBundle: () => chmodSync("dist/cli/main.js", 0o755) }],
  build: {
    ssr: true,
    target: "node20",
    outDir: "dist",
    minify: false,
    license: { fileName: "licenses.md" },
    rolldownOptions: {
      input: Object.fromEntries(entries.map((entry) => [entry, `${src}/${entry}.ts`])),
      output: {
        format: "es",
        comments: { legal: true, annotation: false, jsdoc: false },
        entryFileNames: "[name].js",
        chunkFileNames: ({ name }) => (name.includes("/") ? "[name].js" : "cli/[name].js"),
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { debugName: "packages", name: packageOf },
            { debugName: "rooms", name: roomOf },
          ],
        },
      },
    },
  },
});

/** What does its work when it is loaded stays by itself. */
function roomOf(id) {
  const path = relative(src, id);
  const [room] = path.split("/");
  return ROOMS.includes(room) && !entries.includes(path.replace(/\.ts$/, "")) ? `${room}/room` : null;
}

function packageOf(id) {
  const [, name] = /\/node_modules\/([^/]+)\//.exec(id) ?? [];
  return name ? `packages/${name}` : null;
}
