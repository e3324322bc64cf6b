/** A packet whose content is not known: it equals none, not even itself. */
export const UNKNOWN_HASH = Number.NaN;

const SEED_A = 0x9747b28c;
const SEED_B = 0x3c6ef372;
/** Stands between topic and payload; no character of a topic is as large. */
const BOUNDARY = 0x10000;

/**
 * Hash of topic and payload, an integer of 53 bits: tells a packet that comes again from another with the same packet id.
 *
 * Two lanes of MurmurHash3 (Appleby, x86_32) over the topic's characters and the payload's words of four bytes. SHA-256, which
 * was here before, took ten times as long on processors that have no instruction for it. Nobody has to be kept from finding
 * two packets of one hash: whoever does loses one of their own.
 */
export function packetHash(topic: string, payload: Uint8Array): number {
  let a = SEED_A;
  let b = SEED_B;
  for (let i = 0; i < topic.length; i++) {
    const word = topic.charCodeAt(i);
    a = mix(a, word);
    b = mix(b, word);
  }
  a = mix(a, BOUNDARY);
  b = mix(b, BOUNDARY);
  const { length } = payload;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const word = payload[i]! | (payload[i + 1]! << 8) | (payload[i + 2]! << 16) | (payload[i + 3]! << 24);
    a = mix(a, word);
    b = mix(b, word);
  }
  let rest = 0;
  for (let i = length - 1; i >= whole; i--) rest = (rest << 8) | payload[i]!;
  a = finish(mix(a, rest) ^ length);
  b = finish(mix(b, rest) ^ length);
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

function mix(hash: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  const h = hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
