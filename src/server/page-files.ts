import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";

export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
  /** Its name changes with its content. */
  readonly isHashed: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Where `npm run build` puts the page. */
function builtPage(): string {
  const manifest = createRequire(import.meta.url).resolve("eddy/package.json");
  return join(dirname(manifest), "dist/server/page");
}

/** The page's few files, kept in memory, by their path in the URL; empty where the page was not built. */
export function readPageFiles(folder = builtPage()): ReadonlyMap<string, PageFile> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
    name.replaceAll("\\", "/"),
  );
  return new Map(
    names
      .filter((name) => extname(name) in TYPES)
      .map((name) => {
        const body = readFileSync(join(folder, name));
        const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
        const file = { body, type: TYPES[extname(name)]!, etag, isHashed: name.startsWith("assets/") };
        return [name === "index.html" ? "/" : `/${name}`, file] as const;
      }),
  );
}
