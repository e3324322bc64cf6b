import { createRequire } from "node:module";

const { version: packageVersion } = createRequire(import.meta.url)("../../package.json") as {
  version: string;
};

/** The package's version. */
export const version: string = packageVersion;
