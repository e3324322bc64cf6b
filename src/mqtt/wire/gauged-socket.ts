import type { Socket } from "node:net";
import { problem } from "../../core/index.js";
import { NetworkFront } from "./network-front.js";
import { type Excess, PacketGauge } from "./packet-gauge.js";

/**
 * A client's socket that ends with error `PACKET_REFUSED` at the header of a packet that is too large, before the packet
 * is gathered anywhere. For aedes, whose parser gathers packets of any length. Memory: a socket's own buffers.
 */
export class GaugedSocket extends NetworkFront<Socket> {
  readonly #gauge: PacketGauge;

  constructor(socket: Socket, maxPacketBytes: number) {
    super(socket);
    this.#gauge = new PacketGauge(maxPacketBytes);
  }

  protected override onData(chunk: Buffer): void {
    const excess = this.#gauge.take(chunk);
    if (excess !== undefined) this.destroy(refused(this.network, excess));
    else if (!this.push(chunk)) this.network.pause();
  }

  override _read(): void {
    this.network.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.network.write(chunk, done);
  }

  /** What was written together goes out together: a packet comes in several pieces, and there are many packets. */
  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.network.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }
}

function refused({ remoteAddress = "a client" }: Socket, excess: Excess): Error {
  return problem(Error, {
    code: "PACKET_REFUSED",
    action: "read packets from",
    on: remoteAddress,
    ...excess,
  });
}
