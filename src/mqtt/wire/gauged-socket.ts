import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { problem } from "../../core/index.js";
import { type Excess, PacketGauge } from "./packet-gauge.js";

/**
 * A client's socket that ends with error `PACKET_REFUSED` at the header of a packet that is too large, before the packet
 * is gathered anywhere. For aedes, whose parser gathers packets of any length. Memory: a socket's own buffers.
 */
export class GaugedSocket extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket, maxPacketBytes: number) {
    super();
    this.#socket = socket;
    const gauge = new PacketGauge(maxPacketBytes);
    socket.on("data", (chunk: Buffer) => {
      const excess = gauge.take(chunk);
      if (excess !== undefined) this.destroy(refused(socket, excess));
      else if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  /** What was written together goes out together: a packet comes in several pieces, and there are many packets. */
  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
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
