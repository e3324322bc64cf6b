import { isIP } from "node:net";
import { problem } from "../core/index.js";

/** Where the dashboard listens unless told otherwise: E-D-D-Y on a telephone's keys. */
export const DEFAULT_ADDRESS: Address = { host: "127.0.0.1", port: 3339 };

export interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `[IPV6]:PORT`, `HOST` or `PORT`.
 *
 * @throws RangeError code `BAD_ADDRESS`
 */
export function parseAddress(text: string): Address {
  const refuse = (found: string) =>
    problem(RangeError, {
      code: "BAD_ADDRESS",
      action: "listen on",
      on: JSON.stringify(text),
      expected: "HOST:PORT, as in 127.0.0.1:3339 or [::1]:3339",
      found,
    });
  const found = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<name>[A-Za-z0-9.-]*))(?::(?<port>\d{1,5}))?$/.exec(
    text.trim(),
  );
  if (found?.groups === undefined || text.trim() === "") throw refuse("something else");
  const { v6, name = "", port } = found.groups;
  if (v6 !== undefined && isIP(v6) !== 6) throw refuse("no IPv6 address in the brackets");
  const isPortAlone = v6 === undefined && port === undefined && /^\d+$/.test(name);
  const number = Number(isPortAlone ? name : (port ?? DEFAULT_ADDRESS.port));
  if (number > 65_535) throw refuse(`port ${number}`);
  const host = v6 ?? (isPortAlone || name === "" ? DEFAULT_ADDRESS.host : name);
  return { host, port: number };
}

/** Nobody but this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** As it stands in a URL. */
export function hostInUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
