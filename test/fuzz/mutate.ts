import fc from "fast-check";

/** One edit of a text of bytes; places are shares of its length, so that it fits any. */
type Edit =
  | { readonly kind: "set"; readonly at: number; readonly byte: number }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "remove"; readonly at: number; readonly count: number }
  | { readonly kind: "repeat"; readonly at: number; readonly count: number; readonly times: number }
  | { readonly kind: "cut"; readonly at: number };

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Lengths, counts and numbers that are often handled wrongly. */
const awkward = fc.constantFrom(
  ...[
    "-1",
    "0",
    "1e400",
    "NaN",
    "2147483648",
    "18446744073709551615",
    "\\ud800",
    "\u0000",
    "null",
    "{}",
    "[[",
  ].map((text) => new TextEncoder().encode(text)),
  ...[
    [0xff, 0xff, 0xff, 0xff],
    [0x7f, 0xff, 0xff, 0xff],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    [0xfb],
    [0x9f],
  ].map((bytes) => Uint8Array.from(bytes)),
);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), at, byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("flip" as const), at, bit: fc.nat(7) }),
  fc.record({
    kind: fc.constant("insert" as const),
    at,
    bytes: fc.oneof(awkward, fc.uint8Array({ maxLength: 8 })),
  }),
  fc.record({ kind: fc.constant("remove" as const), at, count: fc.nat(64) }),
  fc.record({ kind: fc.constant("repeat" as const), at, count: fc.nat(32), times: fc.nat(40) }),
  fc.record({ kind: fc.constant("cut" as const), at }),
);

function apply(bytes: Uint8Array, one: Edit): Uint8Array {
  const place = Math.floor(one.at * bytes.length);
  const head = bytes.subarray(0, place);
  switch (one.kind) {
    case "set":
    case "flip": {
      const changed = Uint8Array.from(bytes);
      if (place < changed.length)
        changed[place] = one.kind === "set" ? one.byte : (changed[place] ?? 0) ^ (1 << one.bit);
      return changed;
    }
    case "insert":
      return Buffer.concat([head, one.bytes, bytes.subarray(place)]);
    case "remove":
      return Buffer.concat([head, bytes.subarray(place + one.count)]);
    case "repeat": {
      const piece = bytes.subarray(place, place + one.count);
      return Buffer.concat([head, ...Array<Uint8Array>(one.times).fill(piece), bytes.subarray(place)]);
    }
    case "cut":
      return head;
  }
}

/** One of the texts with a few edits; now and then none of them but any bytes at all. */
export function mutated(corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edited = fc
    .tuple(fc.nat(corpus.length - 1), fc.array(edit, { maxLength: 6 }))
    .map(([index, edits]) => edits.reduce(apply, Uint8Array.from(corpus[index] ?? [])));
  return fc.oneof(
    { weight: 9, arbitrary: edited },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
}
