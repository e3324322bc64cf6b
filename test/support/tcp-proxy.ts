import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A stretch of network between a client and a broker, to be broken. */
export interface TcpProxy {
  readonly url: string;
  /** Tears every connection down, as a killed process would. */
  cut(): void;
  /** Resets every connection (TCP RST), as a router that has lost its memory would. */
  reset(): void;
  /** Lets this many more bytes through from broker to client, wherever in a packet that ends, then cuts. */
  truncateDownlink(bytes: number): void;
  /** Lets this many more bytes through from client to broker, then cuts. */
  truncateUplink(bytes: number): void;
  /** From now on nothing gets through from client to broker. */
  holdUplink(): void;
  /** From now on nothing gets through from broker to client. */
  holdDownlink(): void;
  /** Lets through what was held, and all that follows. */
  release(): void;
  close(): Promise<void>;
}

/** Forwards to a port of this machine. Connections made after `hold...` are held likewise. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<{ client: Socket; broker: Socket }>();
  let isUplinkHeld = false;
  let isDownlinkHeld = false;
  let uplinkLeft = Number.POSITIVE_INFINITY;
  let downlinkLeft = Number.POSITIVE_INFINITY;
  const apply = () => {
    for (const { client, broker } of pairs) {
      if (isUplinkHeld) client.pause();
      else client.resume();
      if (isDownlinkHeld) broker.pause();
      else broker.resume();
    }
  };
  const end = (how: "destroy" | "resetAndDestroy") => {
    uplinkLeft = Number.POSITIVE_INFINITY;
    downlinkLeft = Number.POSITIVE_INFINITY;
    for (const { client, broker } of pairs) {
      client[how]();
      broker[how]();
    }
    pairs.clear();
  };
  const cut = () => end("destroy");
  /** Forwards what may still get through; after a truncation what was let through arrives before the end. */
  const forward = (chunk: Buffer, to: Socket, left: number): number => {
    if (chunk.length < left) {
      to.write(chunk);
      return left - chunk.length;
    }
    to.write(chunk.subarray(0, left), cut);
    return 0;
  };
  // Half open, so that a client that has ended waits for the broker to have read all, as without a proxy.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const broker = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true });
    const pair = { client, broker };
    pairs.add(pair);
    client.on("data", (chunk) => {
      uplinkLeft = forward(chunk, broker, uplinkLeft);
    });
    broker.on("data", (chunk) => {
      downlinkLeft = forward(chunk, client, downlinkLeft);
    });
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      socket.on("end", () => other.end());
      socket.on("error", () => other.destroy());
      socket.on("close", () => pairs.delete(pair));
    }
    apply();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port for the proxy");
  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    cut,
    reset: () => end("resetAndDestroy"),
    truncateDownlink: (bytes) => {
      downlinkLeft = bytes;
    },
    truncateUplink: (bytes) => {
      uplinkLeft = bytes;
    },
    holdUplink: () => {
      isUplinkHeld = true;
      apply();
    },
    holdDownlink: () => {
      isDownlinkHeld = true;
      apply();
    },
    release: () => {
      isUplinkHeld = false;
      isDownlinkHeld = false;
      apply();
    },
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
