import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a disk may do to a write; `none` is a good one. */
export type DiskFault = "none" | "full" | "error" | "read-only";

const LETTERS: Readonly<Record<DiskFault, string>> = { none: "N", full: "F", error: "E", "read-only": "R" };

/** The disk under a child's database, to be broken; Linux with a C compiler only. */
export class FailingDisk {
  /** For the child's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #control: string;

  private constructor(library: string, control: string) {
    this.#control = control;
    this.environment = { LD_PRELOAD: library, DISK_FAULT_FILE: control };
  }

  /** @returns undefined where there is no compiler, or another system than Linux */
  static in(folder: string): FailingDisk | undefined {
    if (process.platform !== "linux") return undefined;
    const library = join(folder, "failing-disk.so");
    const source = fileURLToPath(new URL("./failing-disk.c", import.meta.url));
    try {
      execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], { stdio: "pipe" });
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
    const control = join(folder, "disk");
    writeFileSync(control, "N0000");
    return new FailingDisk(library, control);
  }

  /** From now on writes end like this, and each flush takes so much longer. */
  set(fault: DiskFault, flushMs = 0): void {
    const file = openSync(this.#control, "r+");
    writeSync(file, `${LETTERS[fault]}${String(flushMs).padStart(4, "0")}`);
    closeSync(file);
  }
}
