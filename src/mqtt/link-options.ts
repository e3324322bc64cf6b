import type { IClientOptions } from "mqtt";
import type { OutboundMessage } from "./connection.js";

export type Protocol = "5" | "3.1.1";

export interface LinkOptions {
  readonly url: string;
  readonly clientId: string;
  readonly protocol: Protocol;
  readonly will?: OutboundMessage | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM texts: the authority to trust, and the client's own certificate and key. */
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
  readonly keepAliveSeconds: number;
  readonly receiveMaximum: number;
  readonly sessionExpirySeconds: number;
  readonly maxPacketBytes: number;
}

/** As mqtt.js takes them: a session that is kept as long as asked for, and none of its own reconnecting and queueing. */
export function clientOptions(options: LinkOptions): IClientOptions {
  const { will } = options;
  const is5 = options.protocol === "5";
  const given = {
    username: options.username,
    password: options.password,
    ca: options.ca,
    cert: options.cert,
    key: options.key,
    rejectUnauthorized: options.rejectUnauthorized,
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    clientId: options.clientId,
    protocolVersion: is5 ? 5 : 4,
    clean: options.sessionExpirySeconds === 0,
    keepalive: options.keepAliveSeconds,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // Its own, disabled, still gathers the arguments of ten calls a packet.
    log: () => {},
    ...(will && {
      will: {
        topic: will.topic,
        payload: bufferOf(will.payload),
        qos: will.qos,
        retain: will.retain ?? false,
        ...publishProperties(will, options.protocol),
      },
    }),
    ...(is5 && {
      properties: {
        receiveMaximum: options.receiveMaximum,
        sessionExpiryInterval: options.sessionExpirySeconds,
        maximumPacketSize: options.maxPacketBytes,
      },
    }),
  };
}

/** MQTT 5 says more of a message; 3.1.1 has no place for it. */
export function publishProperties(
  { contentType, expirySeconds, eddyId, correlationData }: OutboundMessage,
  protocol: Protocol,
) {
  if (protocol !== "5") return {};
  return {
    properties: {
      ...(contentType !== undefined && { contentType }),
      ...(expirySeconds !== undefined && { messageExpiryInterval: expirySeconds }),
      ...(correlationData !== undefined && { correlationData: bufferOf(correlationData) }),
      ...(eddyId !== undefined && { userProperties: { "eddy-id": eddyId } }),
    },
  };
}

export function bufferOf(payload: string | Uint8Array): Buffer {
  if (typeof payload === "string") return Buffer.from(payload);
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}
