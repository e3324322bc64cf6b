import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { isLoopback } from "./address.js";

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const KEY_BYTES = 32;
/** Passwords that are compared at a time, each some 50 ms of another thread and 16 MB: more wait their turn elsewhere. */
const AT_A_TIME = 2;
const LONGEST = 1024;

export type Admission = "admitted" | "refused" | "busy";

/**
 * Compares passwords: only a salted scrypt hash of the right one stays in memory. One that was right is
 * recognised by its digest from then on, so that a page doesn't pay for each of its requests.
 */
export class Gatekeeper {
  readonly #salt = randomBytes(16);
  readonly #expected: Promise<Buffer>;
  readonly #pepper = randomBytes(32);
  #known: Buffer | undefined;
  #comparing = 0;

  constructor(password: string) {
    this.#expected = derive(password, this.#salt, KEY_BYTES);
  }

  /** @param authorization the header, as it came; the user's name in it is free */
  async admit(authorization: string | undefined): Promise<Admission> {
    const password = passwordIn(authorization);
    if (password === undefined) return "refused";
    const digest = createHash("sha256").update(this.#pepper).update(password).digest();
    if (this.#known !== undefined && timingSafeEqual(this.#known, digest)) return "admitted";
    if (this.#comparing >= AT_A_TIME) return "busy";
    this.#comparing++;
    try {
      const given = await derive(password, this.#salt, KEY_BYTES);
      if (!timingSafeEqual(given, await this.#expected)) return "refused";
      this.#known = digest;
      return "admitted";
    } finally {
      this.#comparing--;
    }
  }
}

/** Of HTTP's basic authentication (RFC 7617). */
function passwordIn(authorization: string | undefined): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined || encoded.length > 2 * LONGEST) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : text.slice(colon + 1);
}

/**
 * A page of elsewhere, whose name was made to point to this machine (DNS rebinding), names itself in `Host`:
 * without a password only names of this machine are answered.
 */
export function isOwnName(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return isLoopback(name.toLowerCase());
}

/** Whether a request that changes something comes from our own page, or from no page at all. */
export function isSameOrigin(headers: {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
  readonly "sec-fetch-site"?: string | string[] | undefined;
}): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  if (headers.origin === undefined) return true;
  if (!URL.canParse(headers.origin)) return false;
  return new URL(headers.origin).host === headers.host;
}
