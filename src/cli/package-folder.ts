import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where the package is installed. What its code stands in when it is built is not where it stood before. */
const PACKAGE = dirname(createRequire(import.meta.url).resolve("eddy/package.json"));

/** What the package ships, by its place in there. */
export function packageFile(path: string): string {
  return join(PACKAGE, path);
}
