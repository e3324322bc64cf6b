import pc from "picocolors";
import { pino } from "pino";
import type { Log } from "../runtime/index.js";

/** Says on standard error what happens: lines for people, or one JSON object a line for machines. */
export function terminalLog(isJson: boolean): Log {
  if (isJson) {
    const logger = pino(
      { base: null, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ fd: 2, sync: true }),
    );
    return {
      info: (message) => logger.info(message),
      warn: (message) => logger.warn(message),
      error: (message) => logger.error(message),
    };
  }
  const write = (mark: string, message: string): void => {
    const time = new Date().toISOString().slice(11, 19);
    process.stderr.write(`${pc.dim(time)} ${mark}${message}\n`);
  };
  return {
    info: (message) => write("", message),
    warn: (message) => write(pc.yellow("warning: "), message),
    error: (message) => write(pc.red("error: "), message),
  };
}
