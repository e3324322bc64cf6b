import { onTestFinished } from "vitest";
import {
  type BrokerConnectionOptions,
  brokerConnection,
  type Client,
  type Connection,
  type ConnectionState,
  connectClient,
  embeddedBroker,
  type InboundPacket,
  Ledger,
  type Protocol,
} from "../../src/mqtt/index.js";
import { type Mosquitto, type MosquittoOptions, startMosquitto } from "../support/mosquitto.js";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.js";
import { until } from "../support/until.js";

/** An opened connection and what has come of it. */
export class Line {
  readonly packets: InboundPacket[] = [];
  readonly states: ConnectionState[] = [];
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
    connection.open({
      onPacket: (packet) => this.packets.push(packet),
      onState: (state) => this.states.push(state),
    });
  }

  get texts(): string[] {
    return this.packets.map(({ payload }) => Buffer.from(payload).toString());
  }

  get isOnline(): boolean {
    return this.states.at(-1)?.state === "online";
  }

  get timesOnline(): number {
    return this.states.filter(({ state }) => state === "online").length;
  }

  packet(index: number): InboundPacket {
    const packet = this.packets[index];
    if (!packet) throw new Error(`Only ${this.packets.length} packets came, none at ${index}`);
    return packet;
  }

  online(times = 1): Promise<void> {
    return until(
      () => this.isOnline && this.timesOnline >= times,
      `the connection is online, ${times} times`,
    );
  }

  received(count: number): Promise<void> {
    return until(() => this.packets.length >= count, `${count} packets are there`);
  }
}

/** What a conformance test needs of one kind of connection: lines to a broker, and devices on it. */
export interface Rig {
  /** Opens a line that listens to `in/#`, and waits until it is online. */
  line(): Promise<Line>;
  /** Makes a connection that is not opened. */
  connection(): Connection;
  device(): Promise<Client>;
  dispose(): Promise<void>;
}

export const FILTERS = ["in/#"];

export async function embeddedRig(): Promise<Rig> {
  const broker = await embeddedBroker({ port: 0 });
  const devices = new Devices(broker.url);
  const connection = () => broker.connection({ filters: FILTERS });
  return {
    connection,
    line: async () => {
      const line = new Line(connection());
      await line.online();
      return line;
    },
    device: () => devices.connect(),
    dispose: async () => {
      await broker.close();
      await devices.dispose();
    },
  };
}

/** A rig on Mosquitto, with a stretch of network that can be broken. */
export class MosquittoRig implements Rig {
  readonly mosquitto: Mosquitto;
  readonly proxy: TcpProxy;
  readonly logged: string[] = [];
  readonly #protocol: Protocol;
  readonly #devices: Devices;
  readonly #lines: Connection[] = [];

  private constructor(mosquitto: Mosquitto, proxy: TcpProxy, protocol: Protocol) {
    this.mosquitto = mosquitto;
    this.proxy = proxy;
    this.#protocol = protocol;
    this.#devices = new Devices(mosquitto.url);
  }

  static async start(protocol: Protocol, options: MosquittoOptions = {}): Promise<MosquittoRig> {
    const mosquitto = await startMosquitto(options);
    return new MosquittoRig(mosquitto, await startTcpProxy(mosquitto.port), protocol);
  }

  connection(options: Partial<BrokerConnectionOptions> = {}): Connection {
    const connection = brokerConnection({
      url: this.proxy.url,
      clientId: "eddy-test",
      filters: FILTERS,
      protocol: this.#protocol,
      reconnect: { minMs: 5, maxMs: 50 },
      ledger: new Ledger(),
      log: (message) => this.logged.push(message),
      ...options,
    });
    this.#lines.push(connection);
    return connection;
  }

  async line(options: Partial<BrokerConnectionOptions> = {}): Promise<Line> {
    const line = new Line(this.connection(options));
    await line.online();
    return line;
  }

  device(): Promise<Client> {
    return this.#devices.connect();
  }

  async dispose(): Promise<void> {
    await this.#devices.dispose();
    this.proxy.cut();
    await Promise.all(this.#lines.map((line) => line.close()));
    await this.proxy.close();
    await this.mosquitto.dispose();
  }
}

class Devices {
  readonly #url: string;
  readonly #clients: Client[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async connect(): Promise<Client> {
    const client = await connectClient({ url: this.#url });
    this.#clients.push(client);
    return client;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}

/** Starts a rig for the test that runs; it is taken down when the test has ended. */
export async function use<R extends Rig>(start: () => Promise<R>): Promise<R> {
  const rig = await start();
  onTestFinished(() => rig.dispose());
  return rig;
}

/** The texts of `from` to `to`, both included. */
export function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
}
