import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { problem } from "../core/index.js";

/**
 * Signatures stand at the end of an ONNX file as entries of `metadata_props` (protobuf takes a repeated field in
 * pieces), so that the file runs anywhere as before, and each covers all bytes before it. An entry has one length:
 *
 * 0x72 (field 14, bytes), length, 0x0a (key), 15, "eddy.signature1", 0x12 (value), 133, "PUBLIC:SIGNATURE",
 * both in base64: 44 and 88 characters.
 */
const NAME = Buffer.from("eddy.signature1");
const VALUE_BYTES = 44 + 1 + 88;
/** Both longer than 127: lengths of two bytes in base 128, low digit first. */
const VALUE_HEAD = Buffer.from([0x12, (VALUE_BYTES & 0x7f) | 0x80, VALUE_BYTES >> 7]);
const INNER_BYTES = 2 + NAME.length + VALUE_HEAD.length + VALUE_BYTES;
const HEAD = Buffer.concat([
  Buffer.from([0x72, (INNER_BYTES & 0x7f) | 0x80, INNER_BYTES >> 7, 0x0a, NAME.length]),
  NAME,
  VALUE_HEAD,
]);
const ENTRY_BYTES = HEAD.length + VALUE_BYTES;

/** What precedes the 32 bytes of an ed25519 public key in SPKI (RFC 8410). */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

export interface ModelSignature {
  /** Of the signer, base64. */
  readonly publicKey: string;
  readonly isValid: boolean;
}

/**
 * Signs a model.
 *
 * @param privateKeyPem ed25519, as `openssl genpkey -algorithm ed25519` or `newSigningKey` make it
 * @returns the file with one signature more, and the public key for `models: { require-signature: [...] }`
 * @throws Error code `BAD_SIGNING_KEY`
 */
export function signModel(
  model: Uint8Array,
  privateKeyPem: string | Buffer,
): { readonly bytes: Uint8Array; readonly publicKey: string } {
  const key = signingKey(privateKeyPem);
  const publicKey = publicKeyOf(key);
  const signature = signBytes(null, model, key).toString("base64");
  return { bytes: Buffer.concat([model, HEAD, Buffer.from(`${publicKey}:${signature}`)]), publicKey };
}

/** A private key in PEM (PKCS 8), to be kept where only its owner reads it. */
export function newSigningKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Every signature of a model, the newest first. A changed byte makes those behind it invalid. */
export function modelSignatures(model: Uint8Array): ModelSignature[] {
  const found: ModelSignature[] = [];
  let rest = Buffer.from(model.buffer, model.byteOffset, model.byteLength);
  for (;;) {
    const at = rest.length - ENTRY_BYTES;
    if (at < 0 || !rest.subarray(at, at + HEAD.length).equals(HEAD)) return found;
    const [publicKey = "", signature = ""] = rest
      .subarray(at + HEAD.length)
      .toString("latin1")
      .split(":");
    rest = rest.subarray(0, at);
    found.push({ publicKey, isValid: isSigned(rest, publicKey, signature) });
  }
}

/** @throws Error code `MODEL_NOT_SIGNED` unless one of these keys has signed it; with none, anything goes */
export function requireSignature(model: Uint8Array, keys: readonly string[], file: string): void {
  if (keys.length === 0) return;
  const signatures = modelSignatures(model);
  if (signatures.some(({ publicKey, isValid }) => isValid && keys.includes(publicKey))) return;
  const told = signatures.map(
    ({ publicKey, isValid }) => `${isValid ? "one of" : "one that does not fit its bytes, of"} ${publicKey}`,
  );
  throw problem(Error, {
    code: "MODEL_NOT_SIGNED",
    action: "run model",
    on: file,
    expected: `a valid signature of ${keys.join(" or ")}`,
    found: told.join(", ") || "none",
  });
}

function isSigned(bytes: Uint8Array, publicKey: string, signature: string): boolean {
  const raw = Buffer.from(publicKey, "base64");
  const given = Buffer.from(signature, "base64");
  if (raw.length !== 32 || given.length !== 64) return false;
  // Bits that base64 leaves unused are zero: one signature, one text.
  if (raw.toString("base64") !== publicKey || given.toString("base64") !== signature) return false;
  // Any 32 bytes are taken; what is no point of the curve verifies nothing.
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: "der", type: "spki" });
    return verifyBytes(null, bytes, key, given);
  } catch {
    return false;
  }
}

function publicKeyOf(privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return spki.subarray(SPKI_HEAD.length).toString("base64");
}

function signingKey(pem: string | Buffer): KeyObject {
  let found: string;
  let cause: unknown;
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
    found = `one for ${key.asymmetricKeyType}`;
  } catch (error) {
    found = "something else";
    cause = error;
  }
  throw problem(Error, {
    code: "BAD_SIGNING_KEY",
    action: "sign",
    on: "a model",
    expected: "a private key for ed25519 in PEM",
    found,
    cause,
  });
}
