import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { Log } from "../log.js";
import type { Answer } from "./pipeline-control.js";
import { socketPath } from "./socket-path.js";

/** One line of JSON asks, one answers. */
export interface ControlMessage {
  /** May be left out where one pipeline runs. */
  readonly pipeline?: string;
  readonly command: string;
  readonly body?: unknown;
}

/** Larger requests end the connection. */
const MOST_BYTES = 1_048_576;

/**
 * Listens on a socket in the data directory: a line of JSON asks, a line answers. Only the owner of the directory
 * can connect.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #path: string;
  readonly #sockets = new Set<Socket>();
  readonly #ask: (message: ControlMessage) => Promise<Answer>;

  private constructor(path: string, ask: (message: ControlMessage) => Promise<Answer>) {
    this.#path = path;
    this.#ask = ask;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** A box without room for a socket still runs: it says so and goes without. */
  static async open(
    data: string,
    ask: (message: ControlMessage) => Promise<Answer>,
    log: Log,
  ): Promise<ControlServer | undefined> {
    try {
      const path = socketPath(data);
      // The directory is ours (its lock is): a socket that lies there was left by a process that died.
      if (process.platform !== "win32") rmSync(path, { force: true });
      const server = new ControlServer(path, ask);
      await new Promise<void>((resolve, reject) => {
        server.#server.once("error", reject);
        server.#server.listen(path, resolve);
      });
      if (process.platform !== "win32") chmodSync(path, 0o600);
      server.#server.unref();
      return server;
    } catch (error) {
      log.warn(`no local control: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    if (process.platform !== "win32") rmSync(this.#path, { force: true });
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let text = "";
    socket.setEncoding("utf8");
    socket.on("close", () => this.#sockets.delete(socket));
    // Whoever asked may have gone.
    socket.on("error", () => {});
    socket.on("data", (chunk: string) => {
      text += chunk;
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) void this.#answer(line).then((answer) => socket.write(`${answer}\n`));
      if (text.length > MOST_BYTES) socket.destroy();
    });
  }

  async #answer(line: string): Promise<string> {
    const message = parse(line);
    if (message === undefined) {
      const expected = 'expected {"command": ..., "pipeline": ..., "body": ...} as one line of JSON';
      const error = { code: "BAD_REQUEST", message: `Cannot read request: ${expected}` };
      return JSON.stringify({ ok: false, command: "", error });
    }
    return JSON.stringify(await this.#ask(message));
  }
}

function parse(line: string): ControlMessage | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return undefined;
    const { command, pipeline, body } = value as Record<string, unknown>;
    if (typeof command !== "string") return undefined;
    if (pipeline !== undefined && typeof pipeline !== "string") return undefined;
    return { command, ...(pipeline === undefined ? {} : { pipeline }), body };
  } catch {
    return undefined;
  }
}
