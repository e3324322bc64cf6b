import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";

export interface MosquittoOptions {
  /** Keeps sessions and retained messages over a restart. */
  readonly persistence?: boolean;
  /** Default: any free one. */
  readonly port?: number;
  /** Un-acknowledged packets it sends to a client, default 20; on MQTT 5 the client may ask for fewer. */
  readonly maxInflight?: number;
  /** Default true: lets everybody in; false: nobody. */
  readonly isAnonymousAllowed?: boolean;
  /** Lines that stand before its listener. */
  readonly global?: readonly string[];
  /** Further lines of its configuration. */
  readonly lines?: readonly string[];
}

export interface Mosquitto {
  readonly url: string;
  readonly port: number;
  /** Ends it in order: it writes its sessions down. */
  stop(): Promise<void>;
  /** Ends it as a pulled plug would. */
  kill(): Promise<void>;
  /** Stops it, if it runs, and starts it again. */
  restart(): Promise<void>;
  /** Stops it and removes its files. */
  dispose(): Promise<void>;
}

/** Where distributions put it, beside the search path. */
const PATH = [process.env["PATH"] ?? "", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"].join(
  delimiter,
);

function isInstalled(): boolean {
  try {
    execFileSync("mosquitto", ["-h"], { env: { ...process.env, PATH }, stdio: "ignore" });
    return true;
  } catch (error) {
    // Help ends with another exit code in some versions: only a missing binary counts.
    return !(error instanceof Error && "code" in error && error.code === "ENOENT");
  }
}

/** Tests without it are skipped on a developer's machine; in CI they fail. */
export const lacksMosquitto = !isInstalled() && !process.env["CI"];

/** For titles: says why tests are skipped. */
export const mosquittoHint = lacksMosquitto
  ? " (skipped: mosquitto is not installed; apt install mosquitto)"
  : "";

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No free port found");
  return address.port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Those that a test has not ended when its process does. */
const leftOver = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of leftOver) child.kill("SIGKILL");
});

/** Starts a Mosquitto of one's own on this machine. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const port = options.port ?? (await freePort());
  const directory = mkdtempSync(join(tmpdir(), "eddy-mosquitto-"));
  const config = join(directory, "mosquitto.conf");
  writeFileSync(
    config,
    [
      ...(options.global ?? []),
      `listener ${port} 127.0.0.1`,
      `allow_anonymous ${options.isAnonymousAllowed ?? true}`,
      `user ${userInfo().username}`,
      `persistence ${options.persistence ?? false}`,
      `persistence_location ${directory}/`,
      `max_inflight_messages ${options.maxInflight ?? 20}`,
      "max_queued_messages 10000",
      ...(options.lines ?? []),
      "",
    ].join("\n"),
  );

  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    let said = "";
    const started = spawn("mosquitto", ["-c", config], { env: { ...process.env, PATH } });
    started.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child = started;
    leftOver.add(started);
    started.once("exit", () => leftOver.delete(started));
    while (!(await isListening(port))) {
      if (started.exitCode !== null) throw new Error(`Mosquitto did not start on port ${port}: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    // It loses a signal that comes while it is still starting.
    const again = setInterval(() => running.kill(signal), 500);
    running.kill(signal);
    await once(running, "exit");
    clearInterval(again);
  };
  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGTERM");
      await start();
    },
    dispose: async () => {
      await end("SIGTERM");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
