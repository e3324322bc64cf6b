import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, connectClient } from "../../src/mqtt/index.js";
import { type Pipeline, parsePipeline } from "../../src/spec/index.js";
import { openStoreForReading } from "../../src/store/index.js";
import { FailingDisk } from "../support/failing-disk.js";
import { Listener } from "../support/listener.js";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.js";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.js";
import { EddyProcess } from "./eddy-process.js";
import type { KnownEvent } from "./events.js";

export const NAME = "torture";

/**
 * The keep-alive is as short as MQTT allows, so that the harness need not wait long for silence to be noticed. A key's
 * silence is told by the box's clock, which jumps here: it would be told of at a place that no reference knows.
 */
const pipelineText = ({ qos, memory }: Required<RigOptions>) => `
name: ${NAME}
input: { topics: [plant/level], qos: ${qos}, time: timestamp, key: "{key}" }
broker: { keep-alive: 1s }
features: [value, { difference: value }]
target: value
model: { hidden: 4, cold-start: { events: 150, lead: 50 } }
anomaly: { warm-up: 40, alerts-per-day: 5, silence: 30d }
store: { snapshot-every: 300 events, memory: ${memory} }
`;

export interface RigOptions {
  /** Of the sensor, and of Eddy's subscription; default 1. */
  readonly qos?: 1 | 2 | undefined;
  /** What the states of keys may take in memory; default: what they want. `1B`: each leaves with its batch. */
  readonly memory?: string | undefined;
}

/** A broker that keeps its sessions, a network that can be broken, a listener, a sensor, and Eddy in between. */
export class Rig {
  readonly folder: string;
  readonly pipeline: Pipeline;
  readonly pipelineFile: string;
  readonly broker: Mosquitto;
  readonly proxy: TcpProxy;
  readonly listener: Listener;
  /** Undefined where disks cannot be made to fail. */
  readonly disk: FailingDisk | undefined;
  readonly qos: 1 | 2;
  eddy: EddyProcess | undefined;
  #sensor: Client;
  #shiftMs = 0;

  private constructor(parts: {
    folder: string;
    pipeline: Pipeline;
    broker: Mosquitto;
    proxy: TcpProxy;
    listener: Listener;
    sensor: Client;
    qos: 1 | 2;
  }) {
    this.qos = parts.qos;
    this.folder = parts.folder;
    this.pipeline = parts.pipeline;
    this.broker = parts.broker;
    this.proxy = parts.proxy;
    this.listener = parts.listener;
    this.#sensor = parts.sensor;
    this.disk = FailingDisk.in(this.folder);
    this.pipelineFile = join(this.folder, "torture.yaml");
  }

  static async make({ qos = 1, memory = "192MiB" }: RigOptions = {}): Promise<Rig> {
    const folder = mkdtempSync(join(tmpdir(), "eddy-torture-"));
    mkdirSync(join(folder, "data"));
    const text = pipelineText({ qos, memory });
    writeFileSync(join(folder, "torture.yaml"), text);
    const { pipeline, problems } = parsePipeline(text, { file: join(folder, "torture.yaml") });
    if (pipeline === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
    const broker = await startMosquitto({ persistence: true, maxInflight: 1000 });
    return new Rig({
      folder,
      qos,
      pipeline,
      broker,
      proxy: await startTcpProxy(broker.port),
      listener: await Listener.of(broker.url, NAME),
      sensor: await connectClient({ url: broker.url }),
    });
  }

  get data(): string {
    return join(this.folder, "data");
  }

  /** Starts Eddy, unless it runs. */
  run(): EddyProcess {
    if (this.eddy === undefined || this.eddy.hasEnded) {
      const args = ["run", this.pipelineFile, "--broker", this.proxy.url, "--data", this.data];
      this.eddy = new EddyProcess(args, join(this.folder, "clock"), this.disk?.environment);
    }
    return this.eddy;
  }

  /** Sends events; fulfilled when the broker has them all. */
  async send(events: readonly KnownEvent[]): Promise<void> {
    const payloads = events.map((event) => JSON.stringify(event));
    await Promise.all(
      payloads.map((payload) => this.#sensor.publish("plant/level", payload, { qos: this.qos })),
    );
  }

  /**
   * Stops the broker and starts it again. The sensor leaves before: had it sent without an answer, it would send
   * again, and Eddy could not know.
   */
  async restartBroker(): Promise<void> {
    await this.#sensor.close();
    await this.broker.restart();
    this.#sensor = await connectClient({ url: this.broker.url });
  }

  /** Jumps the wall clock that Eddy sees. */
  shiftClock(byMs: number): void {
    this.#shiftMs += byMs;
    this.run().shiftClock(this.#shiftMs);
  }

  get shiftMs(): number {
    return this.#shiftMs;
  }

  /** The position that the store has reached; 0 before there is one. */
  position(): number {
    try {
      const store = openStoreForReading(this.data);
      try {
        return store.pipeline(NAME).lastPosition();
      } finally {
        store.close();
      }
    } catch {
      return 0;
    }
  }

  async dispose(): Promise<void> {
    await this.eddy?.kill();
    await this.listener.close().catch(() => {});
    await this.#sensor.close().catch(() => {});
    await this.proxy.close();
    await this.broker.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
