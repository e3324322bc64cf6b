import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { FloodOptions, ToFlood } from "./messages.js";
import { wave } from "./wave.js";

/**
 * The load of the throughput phase of `eddy bench events`, in a process of its own: sine waves of many keys at QoS 1
 * over a few connections, as many as it is allowed to have sent so far. It writes its packets itself (MQTT 3.1.1),
 * many at a time: a client library ends near 30,000 events a second, below what is to be measured.
 */
const options: FloodOptions = JSON.parse(process.argv[2] ?? "{}");
const CONNECTIONS = 4;
/** Packets that go out in one write. */
const AT_ONCE = 64;

const started = Date.now() - 3_000_000;
const url = new URL(options.url);
let sent = 0;
let allowed = 0;
let isStopping = false;

/** One connection, with keys of its own; its packets wait for their PUBACK up to the window. */
class Line {
  readonly #socket: Socket;
  readonly #index: number;
  readonly #keys: number;
  readonly #bytes = Buffer.alloc(AT_ONCE * 128);
  #sent = 0;
  #packetId = 0;
  #unanswered = 0;
  /** Bytes of CONNACK that have not come. */
  #missing = 4;
  #isFull = false;

  constructor(socket: Socket, index: number) {
    this.#socket = socket;
    this.#index = index;
    this.#keys = Math.ceil((options.keys - index) / CONNECTIONS);
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#onData(chunk));
    socket.on("drain", () => {
      this.#isFull = false;
      fill();
    });
  }

  /** Sends CONNECT; fulfilled at CONNACK. */
  async open(clientId: string): Promise<void> {
    const id = Buffer.from(clientId);
    const head = [0x10, 12 + id.length, 0, 4, ...Buffer.from("MQTT"), 4, 0x02, 0, 0, 0, id.length];
    this.#socket.write(Buffer.concat([Buffer.from(head), id]));
    while (this.#missing > 0) await once(this.#socket, "data");
  }

  get room(): number {
    return this.#isFull ? 0 : Math.min(AT_ONCE, options.window - this.#unanswered);
  }

  send(count: number): void {
    let end = 0;
    for (let i = 0; i < count; i++) end = this.#write(end);
    sent += count;
    this.#unanswered += count;
    this.#isFull = !this.#socket.write(Buffer.from(this.#bytes.subarray(0, end)));
  }

  #write(from: number): number {
    const n = this.#sent++;
    const key = this.#index + CONNECTIONS * (n % this.#keys);
    const round = Math.floor(n / this.#keys);
    const topic = `bench/k${key}/events`;
    const payload = `{"ts":${started + round},"value":${wave(n, round, key).toFixed(4)}}`;
    this.#packetId = (this.#packetId % 65_535) + 1;
    const bytes = this.#bytes;
    // All lengths are below 128: one byte holds the remaining length.
    bytes[from] = 0x32;
    bytes[from + 1] = 2 + topic.length + 2 + payload.length;
    bytes.writeUInt16BE(topic.length, from + 2);
    let at = from + 4 + bytes.write(topic, from + 4, "latin1");
    at = bytes.writeUInt16BE(this.#packetId, at);
    return at + bytes.write(payload, at, "latin1");
  }

  #onData(chunk: Buffer): void {
    const ofConnack = Math.min(this.#missing, chunk.length);
    this.#missing -= ofConnack;
    if (ofConnack === chunk.length) return;
    // Behind it nothing but PUBACKs of four bytes comes.
    this.#unanswered -= (chunk.length - ofConnack) / 4;
    fill();
  }
}

const lines = await Promise.all(
  Array.from({ length: Math.min(CONNECTIONS, options.keys) }, async (_, i) => {
    const socket = connect(Number(url.port || 1883), url.hostname);
    await once(socket, "connect");
    const line = new Line(socket, i);
    await line.open(`bench-${process.pid}-${i}`);
    return line;
  }),
);

function fill(): void {
  for (let hasSent = true; hasSent && !isStopping; ) {
    hasSent = false;
    for (const line of lines) {
      const count = Math.floor(Math.min(line.room, allowed - sent));
      if (count <= 0) continue;
      line.send(count);
      hasSent = true;
    }
  }
}

process.on("message", (message: ToFlood) => {
  if (message.say === "stop") {
    isStopping = true;
    process.exit(0);
  }
  allowed = message.count;
  fill();
});
process.send?.({ say: "open" });
