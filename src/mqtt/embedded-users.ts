import { isIP } from "node:net";
import type { AedesOptions } from "aedes";
import { problem } from "../core/index.js";
import { checkPasswordHash, isPassword } from "./password-hash.js";

/** Stands in for the hash of a user who does not exist, so that asking takes as long. */
const NOBODY = `scrypt$16384$8$1$${Buffer.alloc(16).toString("base64")}$${Buffer.alloc(32).toString("base64")}`;

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

/** @throws RangeError code `BROKER_NEEDS_USERS`; SyntaxError code `BAD_PASSWORD_HASH` */
export function checkUsers({
  host = "127.0.0.1",
  users,
}: {
  readonly host?: string;
  readonly users?: Readonly<Record<string, string>>;
}): void {
  for (const hash of Object.values(users ?? {})) checkPasswordHash(hash);
  if (isLoopback(host) || Object.keys(users ?? {}).length > 0) return;
  throw problem(RangeError, {
    code: "BROKER_NEEDS_USERS",
    action: "let others than this machine into the broker on",
    on: host,
    expected: "users with passwords",
    found: "none",
  });
}

/** MQTT 3.1.1's return code "bad user name or password". */
const REFUSED = Object.assign(new Error("Wrong user name or password"), { returnCode: 4 });

/** Lets in whoever knows one of these users' passwords. */
export function authenticateBy(
  users: Readonly<Record<string, string>>,
): NonNullable<AedesOptions["authenticate"]> {
  return (_client, username, password, done) => {
    const known = username !== undefined && Object.hasOwn(users, username) ? users[username] : undefined;
    isPassword(password?.toString("utf8") ?? "", known ?? NOBODY).then(
      (isRight) => (isRight && known !== undefined ? done(null, true) : done(REFUSED, null)),
      () => done(REFUSED, null),
    );
  };
}
