import { readCbor } from "./cbor.js";
import type { Codec } from "./codec.js";
import { parseJson } from "./json-codec.js";
import { asRecords, type PayloadRecord } from "./records.js";
import { type Rejection, shown } from "./rejection.js";
import { TimeRecords } from "./time-records.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const VERSION = 10;
/** Times below it, in seconds, count from now (RFC 8428, 4.5.3). */
const RELATIVE_BELOW = 2 ** 28;

/** Labels of the CBOR form (RFC 8428, 6) by their decimal text. */
const LABELS: Readonly<Record<string, string>> = {
  "-1": "bver",
  "-2": "bn",
  "-3": "bt",
  "-4": "bu",
  "-5": "bv",
  "-6": "bs",
  "0": "n",
  "1": "u",
  "2": "v",
  "3": "vs",
  "4": "vb",
  "5": "s",
  "6": "t",
  "7": "ut",
  "8": "vd",
};

const TYPES = {
  string: ["bn", "n", "vs"],
  number: ["bt", "bv", "bs", "bver", "t", "v", "s"],
  boolean: ["vb"],
} as const;

/**
 * SenML (RFC 8428), JSON or CBOR: what one base name measured at one time is one record, `{ bn, time, NAME: value }`.
 * A measurement without a name of its own is the field `value`, a sum `NAME.sum`. Base values are added; times that
 * count from now are counted from the arrival.
 */
export const senmlCodec: Codec = {
  name: "senml",
  read(payload, arrival = 0) {
    const pack = readPack(payload);
    return "note" in pack ? pack : resolve(pack, arrival);
  },
};

/** The records as they are written, by the names of the JSON form. */
function readPack(payload: Uint8Array): readonly PayloadRecord[] | Rejection {
  // A CBOR array begins with 0x80 to 0x9f, with which no JSON text begins.
  const first = payload[0] ?? 0;
  if (first >= 0x80 && first <= 0x9f) {
    try {
      const records = asRecords(readCbor(payload), "SenML");
      if ("note" in records) return records;
      return records.map((record) =>
        Object.fromEntries(Object.entries(record).map(([label, value]) => [LABELS[label] ?? label, value])),
      );
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { note: "unreadable", detail: error.message };
    }
  }
  try {
    const records = parseJson(utf8.decode(payload));
    if ("note" in records || first === 0x5b || records.length !== 1) return records;
  } catch {
    return unreadable("SenML as JSON in UTF-8, or as CBOR", "bytes that are neither");
  }
  return unreadable("a SenML pack, which is an array of records", "an object");
}

function resolve(pack: readonly PayloadRecord[], arrival: number): readonly PayloadRecord[] | Rejection {
  const base = { bn: "", bt: 0, bv: 0, bs: 0, hasSum: false };
  const records = new TimeRecords();
  for (const record of pack) {
    const trouble = check(record);
    if (trouble) return trouble;
    const { bn, bt, bv, bs, n = "", t = 0, v, vs, vb, vd, s } = record as Fields;
    base.bn = bn ?? base.bn;
    base.bt = bt ?? base.bt;
    base.bv = bv ?? base.bv;
    base.bs = bs ?? base.bs;
    base.hasSum ||= bs !== undefined;
    const seconds = base.bt + t;
    const ms = 1000 * seconds + (seconds < RELATIVE_BELOW ? arrival : 0);
    const name = n === "" ? "value" : n;
    const value = v === undefined ? (vs ?? vb ?? vd) : base.bv + v;
    const put = (field: string, what: unknown) => records.add(base.bn, ms, { bn: base.bn }, field, what);
    if (value !== undefined) put(name, value);
    if (s !== undefined || (base.hasSum && value === undefined)) put(`${name}.sum`, base.bs + (s ?? 0));
  }
  return records.all();
}

interface Fields {
  readonly bn?: string;
  readonly bt?: number;
  readonly bv?: number;
  readonly bs?: number;
  readonly n?: string;
  readonly t?: number;
  readonly v?: number;
  readonly vs?: string;
  readonly vb?: boolean;
  readonly vd?: unknown;
  readonly s?: number;
}

function check(record: PayloadRecord): Rejection | undefined {
  for (const [type, names] of Object.entries(TYPES)) {
    for (const name of names) {
      const value = Object.hasOwn(record, name) ? record[name] : undefined;
      const isRight =
        type === "number" ? typeof value === "number" && Number.isFinite(value) : typeof value === type;
      if (value !== undefined && !isRight) return unreadable(`a ${type} in SenML's ${name}`, shown(value));
    }
  }
  const { bver = VERSION } = record as { bver?: number };
  if (bver > VERSION) return unreadable(`SenML of version ${VERSION} at most`, String(bver));
  const unknown = Object.keys(record).find((name) => name.endsWith("_"));
  // Such a name says that whoever doesn't know it must not read the pack.
  if (unknown !== undefined) return unreadable("names of SenML", shown(unknown));
  return undefined;
}

function unreadable(expected: string, found: string): Rejection {
  return { note: "unreadable", detail: `expected ${expected}, found ${found}` };
}
