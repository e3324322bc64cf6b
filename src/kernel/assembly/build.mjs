// Compiles the kernel to WebAssembly and writes it down as a module, so that it loads alike in Node and in
// a browser. Only plain SIMD: the relaxed instructions may give other bits on another machine.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(here, "../kernel-binary.ts");

const sources = readdirSync(here, { recursive: true }).map((name) => join(here, String(name)));
if (newest(sources) > newest([target])) await build();

async function build() {
  const folder = mkdtempSync(join(tmpdir(), "eddy-kernel-"));
  const wasm = join(folder, "kernel.wasm");
  const options = ["--runtime", "minimal", "--enable", "simd", "-O3", "--noAssert", "--outFile", wasm];
  const { error, stderr } = await asc.main([join(here, "index.ts"), ...options]);
  if (error) {
    process.stderr.write(`${stderr.toString()}${error.message}\n`);
    process.exit(1);
  }
  const base64 = readFileSync(wasm).toString("base64");
  rmSync(folder, { recursive: true });
  writeFileSync(
    target,
    `/** The kernel, compiled: \`npm run build\` makes this file. */\nexport const KERNEL = "${base64}";\n`,
  );
}

function newest(files) {
  return Math.max(...files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}
