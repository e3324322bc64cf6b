import { existsSync } from "node:fs";
import { createConnection } from "node:net";
import { problem } from "../../core/index.js";
import type { ControlMessage } from "./control-server.js";
import type { Answer } from "./pipeline-control.js";
import { socketPath } from "./socket-path.js";

/**
 * Asks the Eddy that runs on a data directory.
 *
 * @throws Error code `NOT_RUNNING` if none does
 */
export async function askRunning(data: string, message: ControlMessage): Promise<Answer> {
  const line = await new Promise<string>((resolve, reject) => {
    if (!existsSync(data)) {
      reject(notRunning(data, "no such folder"));
      return;
    }
    const socket = createConnection(socketPath(data));
    let text = "";
    socket.setEncoding("utf8");
    socket.on("error", (error) => reject(notRunning(data, "none that answers", error)));
    socket.on("end", () => reject(notRunning(data, "one that ended before it answered")));
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (!text.includes("\n")) return;
      resolve(text.slice(0, text.indexOf("\n")));
      socket.destroy();
    });
    socket.write(`${JSON.stringify(message)}\n`);
  });
  return JSON.parse(line);
}

function notRunning(data: string, found: string, cause?: unknown): Error {
  return problem(Error, {
    code: "NOT_RUNNING",
    action: "ask the Eddy that runs on",
    on: data,
    expected: "one (eddy run, with the same --data)",
    found,
    cause,
  });
}
