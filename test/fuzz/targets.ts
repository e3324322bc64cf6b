import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "cbor-x";
import {
  type CodecName,
  codecOf,
  readRecording,
  type SampleReader,
  sampleReader,
} from "../../src/codecs/index.js";
import { parseKeyTemplate, timeReader } from "../../src/core/index.js";
import { PacketReader } from "../../src/mqtt/wire/packet-reader.js";
import { inspectModel, loadModelAs } from "../../src/onnx/index.js";
import { PipelineControl } from "../../src/runtime/control/index.js";
import { modelSignatures } from "../../src/runtime/index.js";
import { parsePipeline } from "../../src/spec/index.js";
import { openStore } from "../../src/store/index.js";
import { sharedData } from "../support/shared-data.js";

/** A reader of what comes from outside, and what it reads when all is well. */
export interface Target {
  readonly name: string;
  readonly corpus: readonly Uint8Array[];
  /** Of a hundred inputs of the long form. */
  readonly share: number;
  /** Throws where something is not as promised. */
  readonly check: (input: Uint8Array) => void | Promise<void>;
  readonly close?: () => Promise<void>;
}

const utf8 = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** Payloads as real devices send them: numbers from the recordings where they are at hand. */
function realRecords(): object[] {
  const records: object[] = [
    { ts: "2024-05-01T12:00:00Z", value: 20.5, key: "pump-7", n: 1 },
    { ts: 1714564800123, value: -0, key: "ü/+#", n: "a1", list: [1, 2.5, 3] },
    { ts: 1714564800, value: 1e-300, key: 7, nested: { deep: { deeper: [null, true] } } },
  ];
  const file = join(sharedData ?? "", "nab/data/realKnownCause/machine_temperature_system_failure.csv");
  if (sharedData === undefined || !existsSync(file)) return records;
  const lines = readFileSync(file, "utf8").split(/\r?\n/).slice(1, 40);
  for (const line of lines) {
    const [ts = "", value = ""] = line.split(",");
    records.push({ ts, value: Number(value), key: "press" });
  }
  return records;
}

const records = realRecords();

const CORPORA: Readonly<Record<CodecName, readonly Uint8Array[]>> = {
  json: [...records.map(utf8), utf8(records)],
  cbor: [...records, records, new Map([[1, new Float64Array([1, 2])]]), new Date(0)].map((one) =>
    encode(one),
  ),
  pcm16: [new Uint8Array(Int16Array.of(0, -32_768, 32_767).buffer), new Uint8Array(0)],
  text: ["20.5", "-1e-7", " 7 ", "0x10", "NaN", "1,5"].map(utf8),
  senml: [
    utf8([
      { bn: "urn:dev:ow:1:", bt: 1.276020076001e9, bu: "A", bver: 5, n: "value", v: 120.1 },
      { n: "key", vs: "pump-7" },
      { n: "n", t: -5, v: 1.2, s: 7 },
    ]),
    Uint8Array.from(Buffer.from("81a421636b6579006576616c756502fb3ff80000000000000624", "hex")),
  ],
  influx: [
    'weather,key=pump-7,a\\ b=c value=82,n=3i,s="a \\"b\\"",t=true 1465839830100400200',
    "# none\nm value=1 1\r\nm,key=a value=-1e300 1714564800123",
  ].map(utf8),
  sparkplug: [
    "08eaf2f5a8a02b12240a1254656d70657261747572652f537570706c79100118eaf2f5a8a02b2009650000ac4112170a064f666673657418eaf2f5a8a02b200350f9ffffff0f1801",
    "08b8f3f5a8a02b12140a0576616c756518a4f3f5a8a02b2009650000b041120a0a036b6579200c7a01611802",
  ].map((text) => Uint8Array.from(Buffer.from(text, "hex"))),
  float32: [new Uint8Array(new Float32Array([1.5, -0, Number.NaN, 1e38]).buffer), new Uint8Array(4)],
};

function reader({ key = "{key}-{topic[1]}", time = "ts", field = "value" } = {}): SampleReader {
  return sampleReader({
    key: parseKeyTemplate(key),
    time,
    timeReader: timeReader({ zone: "UTC" }),
    fields: [field],
    id: "n",
    maxAheadMs: 3_600_000,
    maxBytes: 262_144,
  });
}

/** Samples hold finite numbers and a key; what is refused is refused in words. */
function checkRead(read: ReturnType<SampleReader["fromPayload"]>): void {
  for (const one of read) {
    if ("note" in one) {
      if (one.note.length === 0 || one.detail.length > 1000) throw new Error(`Bad rejection ${one.detail}`);
    } else if (
      one.key === "" ||
      !Number.isFinite(one.time) ||
      !Object.values(one.values).every(isFiniteValue)
    ) {
      throw new Error(`Bad sample ${JSON.stringify(one)}`);
    }
  }
}

const isFiniteValue = (value: unknown): boolean => typeof value !== "number" || Number.isFinite(value);

function codecTarget(name: CodecName, share: number, options = {}): Target {
  const codec = codecOf(name);
  const samples = reader(options);
  return {
    name,
    share,
    corpus: CORPORA[name],
    check: (input) => checkRead(samples.fromPayload(codec, "plant/7/value", input, 1_714_564_800_000)),
  };
}

function recordingTarget(): Target {
  const csv = `ts,value,key\n${records.map((one) => Object.values(one).join(",")).join("\n")}\n`;
  const ndjson = records.map((one) => JSON.stringify(one)).join("\n");
  const samples = reader();
  return {
    name: "recording",
    share: 5,
    corpus: [utf8(csv), utf8(ndjson), utf8('a,"b\n""c",d\r\n1,2,3\n')],
    async check(input) {
      const text = new TextDecoder().decode(input);
      try {
        for await (const row of readRecording("recording", [text.slice(0, 20), text.slice(20)])) {
          checkRead([samples.fromRecord(row.record, row.topic, 0, row.key)]);
        }
      } catch (error) {
        requireCode(error, /^RECORDING_UNREADABLE$/);
      }
    },
  };
}

/** The models that exporters wrote, small enough to be mutated by the hundred thousand. */
function onnxCorpus(): Uint8Array[] {
  if (sharedData === undefined) return [];
  return ["onnx-node-tests", "torch-models"].flatMap((folder) =>
    readdirSync(join(sharedData ?? "", folder))
      .filter((name) => name.endsWith(".onnx"))
      .map((name) => Uint8Array.from(readFileSync(join(sharedData ?? "", folder, name)))),
  );
}

function onnxTarget(): Target {
  return {
    name: "onnx",
    share: 10,
    corpus: onnxCorpus(),
    async check(input) {
      modelSignatures(input);
      try {
        inspectModel(input, { name: "fuzzed" });
        const model = await loadModelAs(input, { name: "fuzzed", engine: "kernel" });
        const state = Float64Array.from(model.initialState ?? new Float64Array(model.stateSize));
        await model.step(new Float64Array(model.outputs), state, new Float64Array(model.inputs));
        await model.close?.();
      } catch (error) {
        requireCode(error, /^(ONNX|KERNEL|NETWORK|GRAPH|BAD)_/);
      }
    },
  };
}

function pipelineTarget(): Target {
  const folder = fileURLToPath(new URL("../../pipelines", import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return {
    name: "pipeline",
    share: 5,
    corpus: files.map((name) => Uint8Array.from(readFileSync(join(folder, name)))),
    check(input) {
      const text = new TextDecoder().decode(input);
      const { pipeline, problems } = parsePipeline(text, { environment: { A: "1" } });
      const hasErrors = problems.some(({ severity }) => severity === "error");
      if (hasErrors !== (pipeline === undefined)) throw new Error("A pipeline and errors, or neither");
    },
  };
}

function requestTarget(): Target {
  const folder = mkdtempSync(join(tmpdir(), "eddy-fuzz-"));
  const store = openStore(folder, { durability: "none" });
  const control = new PipelineControl({ store: store.pipeline("fuzzed"), zone: "UTC" });
  const bodies = [
    { key: "a", why: "x" },
    { key: "a", label: "fault", from: "2024-05-01T00:00:00Z", to: 1_714_564_800_000 },
    { for: "1h", key: "b" },
    { model: "gru-1", id: "7", reply: "a/b" },
  ];
  return {
    name: "request",
    share: 5,
    corpus: control.commands.flatMap((command) =>
      bodies.map((body) => utf8(`${command} ${JSON.stringify(body)}`)),
    ),
    check(input) {
      const text = new TextDecoder().decode(input);
      const [command = ""] = text.split(" ", 1);
      let body: unknown = text.slice(command.length + 1);
      try {
        body = JSON.parse(String(body));
      } catch {
        // A text is a body too.
      }
      control.read(command, body, "", (answer) => {
        if (!answer.ok && answer.error.message.length > 10_000) throw new Error("A long refusal");
      });
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A broker's bytes, whole and in pieces. */
function mqttTarget(): Target {
  const packets = [
    "320f0003612f6200071b0201000000003a", // PUBLISH at QoS 1 with an expiry
    "3009000361 2f62 0074657374".replaceAll(" ", ""),
    "3517000361 2f62 0009 0a 0900020102 0800 0272 2f 68656c6c6f".replaceAll(" ", ""),
    "40020007",
    "4003000897",
    "62020102",
    "d000",
    "2003000000",
  ].map((hex) => Buffer.from(hex, "hex"));
  return {
    name: "mqtt",
    share: 10,
    corpus: [...packets, Buffer.concat(packets)].map((bytes) => Uint8Array.from(bytes)),
    check(input) {
      let bytes = 0;
      const count = (size: number) => {
        bytes += size;
      };
      const reader = new PacketReader(
        { is5: input.length % 2 === 0, maxPacketBytes: 1 << 20 },
        {
          onPublish: ({ payload, topic }) => count(payload.length + (topic === "" ? Number.NaN : 0)),
          onPuback: () => count(2),
          onPubrel: () => count(2),
          onOther: (packet) => count(packet.length),
        },
      );
      try {
        const half = input.length >> 1;
        reader.take(Buffer.from(input.subarray(0, half)));
        reader.take(Buffer.from(input.subarray(half)));
      } catch (error) {
        requireCode(error, /^(MALFORMED_PACKET|PACKET_TOO_LARGE)$/);
      }
      if (!(bytes <= input.length)) throw new Error(`${bytes} bytes read of ${input.length}`);
    },
  };
}

/** A refusal has a code; anything else that is thrown is a fault of ours. */
function requireCode(error: unknown, pattern: RegExp): void {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!pattern.test(code)) throw error;
}

/** Everything that reads what strangers send, or a file that somebody brought; without shared data, no models. */
export function fuzzTargets(): Target[] {
  return [
    codecTarget("json", 20),
    codecTarget("cbor", 20),
    codecTarget("text", 10),
    codecTarget("senml", 10, { key: "{bn}{key}", time: "time" }),
    codecTarget("influx", 10, { time: "time" }),
    codecTarget("sparkplug", 10, { time: "time" }),
    codecTarget("float32", 2, { key: "a", field: "value.0" }),
    recordingTarget(),
    onnxTarget(),
    pipelineTarget(),
    requestTarget(),
    mqttTarget(),
  ].filter(({ corpus }) => corpus.length > 0);
}
