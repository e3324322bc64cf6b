import { writeFile } from "node:fs/promises";
import { systemClock } from "../../core/index.js";
import { type Page, page } from "./page.js";

/**
 * Writes a report.
 *
 * @throws Error when the file can't be written
 */
export async function writeReport(
  file: string,
  parts: Omit<Page, "madeAt" | "command">,
  command: string,
): Promise<void> {
  const text = page({ ...parts, command, madeAt: systemClock.now() });
  await writeFile(file, text).catch((error: Error) => {
    throw new Error(`Cannot write report ${file}: expected a writable file, found ${error.message}`);
  });
}

/** The command line as it was typed, for people; quoted where the shell would ask for it. */
export function typedCommand(): string {
  const words = process.argv
    .slice(2)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`));
  return ["eddy", ...words].join(" ");
}
