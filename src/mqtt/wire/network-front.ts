import { Duplex } from "node:stream";

/** A stream that stands before the network's, and ends with it. What comes and goes is for whoever extends it. */
export abstract class NetworkFront<Network extends Duplex = Duplex> extends Duplex {
  protected readonly network: Network;

  constructor(network: Network) {
    super();
    this.network = network;
    network.on("data", (chunk: Buffer) => this.onData(chunk));
    network.on("end", () => this.push(null));
    network.on("error", (error) => this.destroy(error));
    network.on("close", () => this.destroy());
  }

  /** The network has brought something. */
  protected abstract onData(chunk: Buffer): void;

  override _final(done: (error?: Error | null) => void): void {
    this.network.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.network.destroy();
    done(error);
  }
}
