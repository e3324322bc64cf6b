import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const shiftClock = new URL("./shift-clock.mjs", import.meta.url).href;

/** Those that run: they end with this process. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** `eddy run` as built in dist/, to be tormented. */
export class EddyProcess {
  readonly #child: ChildProcess;
  readonly #clockFile: string;
  readonly #exited: Promise<unknown>;
  /** The end of what it has said. */
  log = "";

  /**
   * @param clockFile   its wall clock is off by the milliseconds that stand there
   * @param environment beside this process's own
   */
  constructor(
    args: readonly string[],
    clockFile: string,
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#clockFile = clockFile;
    this.#child = spawn(process.execPath, ["--import", shiftClock, main, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, NO_COLOR: "1", CLOCK_SHIFT_FILE: clockFile, ...environment },
    });
    this.#child.stderr?.on("data", (data: Buffer) => {
      this.log = (this.log + data.toString()).slice(-20_000);
    });
    running.add(this.#child);
    this.#exited = once(this.#child, "close").then(() => running.delete(this.#child));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** As a pulled plug ends it. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** @returns its exit code */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    await this.#exited;
    return this.#child.exitCode;
  }

  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  shiftClock(ms: number): void {
    writeFileSync(this.#clockFile, String(ms));
    // One that has yet to load what listens to the signal would end by it, and reads the file itself.
    if (this.log !== "") this.#child.kill("SIGUSR2");
  }

  /** Fulfilled when its log matches. @throws Error when it ends before */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.log)) {
      if (this.hasEnded) throw new Error(`eddy ended: ${this.log}`);
      const { stderr } = this.#child;
      if (stderr) await Promise.race([once(stderr, "data"), this.#exited]);
    }
  }
}
