import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A stretch of network between a client and a broker, to be broken. */
export interface TcpProxy {
  readonly url: string;
  /** Tears every connection down, as a pulled cable or a killed process would. */
  cut(): void;
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
  const apply = () => {
    for (const { client, broker } of pairs) {
      if (isUplinkHeld) client.pause();
      else client.resume();
      if (isDownlinkHeld) broker.pause();
      else broker.resume();
    }
  };
  const cut = () => {
    for (const { client, broker } of pairs) {
      client.destroy();
      broker.destroy();
    }
    pairs.clear();
  };
  // Half open, so that a client that has ended waits for the broker to have read all, as without a proxy.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const broker = connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true });
    const pair = { client, broker };
    pairs.add(pair);
    client.on("data", (chunk) => broker.write(chunk));
    broker.on("data", (chunk) => client.write(chunk));
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
