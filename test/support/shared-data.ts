import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const directory =
  process.env["EDDY_SHARED_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

/** Folder of the real recordings and reference vectors, undefined when this machine lacks them. */
export const sharedData: string | undefined = existsSync(directory) ? directory : undefined;

/** For titles of tests that need it: says why they are skipped. */
export const sharedDataHint = sharedData
  ? ""
  : " (skipped: no shared data; set EDDY_SHARED_DATA to its folder)";
