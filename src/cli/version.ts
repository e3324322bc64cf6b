import { readFileSync } from "node:fs";
import { packageFile } from "./package-folder.js";

const { version: packageVersion } = JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as {
  version: string;
};

/** The package's version. */
export const version: string = packageVersion;
