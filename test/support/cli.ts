import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** A running `eddy`, as built in dist/ (npm test builds first). What a test leaves running ends with it. */
export class RunningEddy {
  readonly process: ChildProcess;
  stdout = "";
  stderr = "";
  readonly #exited: Promise<unknown>;

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.process = spawn(process.execPath, [main, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...env },
    });
    this.process.stdout?.on("data", (data) => {
      this.stdout += data;
    });
    this.process.stderr?.on("data", (data) => {
      this.stderr += data;
    });
    running.add(this.process);
    this.#exited = once(this.process, "close").then(() => running.delete(this.process));
  }

  /** Fulfilled when its log matches. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stderr)) {
      const { exitCode, signalCode } = this.process;
      if (exitCode !== null || signalCode !== null) throw new Error(`eddy ended: ${this.stderr}`);
      await Promise.race([once(this.process.stderr!, "data"), this.#exited]);
    }
  }

  /** Ends it as Ctrl-C does. */
  async stop(): Promise<Finished> {
    this.process.kill("SIGINT");
    return this.finished();
  }

  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.#exited;
  }

  async finished(): Promise<Finished> {
    await this.#exited;
    return { code: this.process.exitCode, stdout: this.stdout, stderr: this.stderr };
  }
}

/** Runs `eddy` to its end. */
export function eddy(...args: string[]): Promise<Finished> {
  return new RunningEddy(args).finished();
}
