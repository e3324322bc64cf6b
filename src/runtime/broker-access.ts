import { readFileSync } from "node:fs";
import { problem } from "../core/index.js";
import type { PipelineBroker } from "../spec/index.js";

/** What a connection needs to be let in, as `brokerConnection` takes it. */
export interface BrokerAccess {
  readonly username?: string;
  readonly password?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export type AccessEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Credentials for the broker: those of the pipeline, and what it leaves unsaid from the environment:
 * `EDDY_BROKER_USERNAME`, `EDDY_BROKER_PASSWORD`, and as files `EDDY_BROKER_PASSWORD_FILE`, `EDDY_BROKER_CA`,
 * `EDDY_BROKER_CERT`, `EDDY_BROKER_KEY`. Files are read at each start, so that renewed certificates need no change.
 *
 * @throws Error code `BROKER_FILE_UNREADABLE`, naming the file and never what is in it
 */
export function brokerAccess(broker: PipelineBroker, environment: AccessEnvironment): BrokerAccess {
  const username = broker.username ?? environment["EDDY_BROKER_USERNAME"];
  const passwordFile = broker.passwordFile ?? environment["EDDY_BROKER_PASSWORD_FILE"];
  const password =
    broker.password ??
    (passwordFile === undefined ? environment["EDDY_BROKER_PASSWORD"] : firstLine(readSecret(passwordFile)));
  const files = {
    ca: broker.ca ?? environment["EDDY_BROKER_CA"],
    cert: broker.cert ?? environment["EDDY_BROKER_CERT"],
    key: broker.key ?? environment["EDDY_BROKER_KEY"],
  };
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(files.ca === undefined ? {} : { ca: readSecret(files.ca) }),
    ...(files.cert === undefined ? {} : { cert: readSecret(files.cert) }),
    ...(files.key === undefined ? {} : { key: readSecret(files.key) }),
  };
}

function firstLine(bytes: Buffer): string {
  return bytes.toString("utf8").split(/\r?\n/, 1)[0] ?? "";
}

function readSecret(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw problem(Error, {
      code: "BROKER_FILE_UNREADABLE",
      action: "read for the broker",
      on: file,
      expected: "a readable file",
      found: cause instanceof Error && "code" in cause ? String(cause.code) : "none",
      cause,
    });
  }
}
