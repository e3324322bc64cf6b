import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { problem } from "../core/index.js";

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);

/** 16 MiB and some 50 ms for each guess (RFC 7914): a small box can afford it at each connection. */
const COST = { N: 16_384, r: 8, p: 1 };
const BYTES = 32;
const FORM = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/]{22}==)\$([A-Za-z0-9+/]{43}=)$/;

/** A password as it may stand in a file: `scrypt$N$r$p$salt$hash`, the last two in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password.normalize("NFC"), salt, BYTES, COST);
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString("base64")}$${hash.toString("base64")}`;
}

/**
 * Whether a password is the one that was hashed; takes the same time for any wrong one.
 *
 * @throws SyntaxError code `BAD_PASSWORD_HASH`, never quoting it
 */
export async function isPassword(password: string, hashed: string): Promise<boolean> {
  const { salt, hash, ...cost } = parse(hashed);
  const found = await derive(password.normalize("NFC"), salt, hash.length, cost);
  return timingSafeEqual(found, hash);
}

/** @throws SyntaxError code `BAD_PASSWORD_HASH` */
export function checkPasswordHash(hashed: string): void {
  parse(hashed);
}

function parse(hashed: string) {
  const [, N, r, p, salt = "", hash = ""] = FORM.exec(hashed) ?? [];
  // Costs beyond these would let a file take the box's memory.
  if (N === undefined || Number(N) * Number(r) > 2_097_152 || Number(p) > 4 || Number(p) < 1) {
    throw problem(SyntaxError, {
      code: "BAD_PASSWORD_HASH",
      action: "read",
      on: "a password's hash",
      expected: "scrypt$N$r$p$salt$hash, as hashPassword makes it",
      found: "something else",
    });
  }
  return {
    N: Number(N),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}
