import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

/** What a socket's address may hold on Linux and macOS, bytes. */
const LONGEST = 100;

/**
 * Where a running Eddy listens for requests: in its data directory, so that whoever may write there may ask. Under
 * a path too long for a socket, in the system's folder for temporary files.
 */
export function socketPath(data: string): string {
  const directory = realpathSync(data);
  if (process.platform === "win32") return `\\\\.\\pipe\\eddy-${hashOf(directory)}`;
  const path = join(directory, "control.sock");
  const short = [path, relative(process.cwd(), path)].find((one) => Buffer.byteLength(one) <= LONGEST);
  return short ?? join(tmpdir(), `eddy-${hashOf(directory)}.sock`);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
