import { problem } from "../core/index.js";
import type { ReconnectOptions } from "./backoff.js";
import type { OutboundMessage } from "./connection.js";
import { checkFilters } from "./connection-checks.js";
import type { Ledger } from "./ledger.js";
import type { Protocol } from "./link-options.js";

/** Packets that a broker may send before any is acknowledged. */
export const RECEIVE_MAXIMUM = 512;

export interface BrokerConnectionOptions {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`; may carry user and password. */
  readonly url: string;
  /** Names the session that the broker keeps: the same in every run, used by nobody else. */
  readonly clientId: string;
  readonly filters: readonly string[];
  /** Published by the broker when this connection ends without a good-bye. */
  readonly will?: OutboundMessage;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly rejectUnauthorized?: boolean;
  /** Default: 5, or 3.1.1 where the broker does not speak 5. */
  readonly protocol?: Protocol;
  /** Un-acknowledged packets that the broker may send (MQTT 5), default 512: the back-pressure window. */
  readonly receiveMaximum?: number;
  /** How long the broker keeps the session while this connection is away (MQTT 5), default 7 days. */
  readonly sessionExpirySeconds?: number;
  /** The broker drops larger packets (MQTT 5), default 16 MiB. */
  readonly maxPacketBytes?: number;
  /** Nothing more is read while packets of this size are handed over and not settled, default 64 MiB. */
  readonly maxUnsettledBytes?: number;
  /** From 1 to 65,535, default 30: a broker that is silent for half as long again is away. */
  readonly keepAliveSeconds?: number;
  readonly reconnect?: ReconnectOptions;
  readonly ledger: Ledger;
  /** Of the subscriptions, default 1. */
  readonly qos?: 1 | 2;
  /** Keeps that a QoS 2 packet id is free again, before the broker hears of it (PUBCOMP); default: nothing is kept. */
  readonly onReleased?: (packetId: number) => Promise<void>;
  readonly log?: (message: string) => void;
}

const SCHEMES = new Set(["mqtt:", "mqtts:", "tcp:", "tls:", "ssl:", "ws:", "wss:"]);

/** @throws RangeError codes `BAD_BROKER_URL`, `BAD_TOPIC_FILTER`, `BAD_RECEIVE_MAXIMUM`, `BAD_KEEP_ALIVE` */
export function checkOptions(options: BrokerConnectionOptions): void {
  const { url, filters, ledger, receiveMaximum = RECEIVE_MAXIMUM, keepAliveSeconds = 30 } = options;
  if (!URL.canParse(url) || !SCHEMES.has(new URL(url).protocol)) {
    throw problem(RangeError, {
      code: "BAD_BROKER_URL",
      action: "connect to",
      on: "the broker",
      expected: "a URL such as mqtt://host:1883 or mqtts://host:8883",
      found: JSON.stringify(url.replace(/\/\/.*@/, "//***@")),
    });
  }
  checkFilters(filters);
  if (!(Number.isInteger(receiveMaximum) && receiveMaximum >= 1 && receiveMaximum <= ledger.capacity)) {
    throw problem(RangeError, {
      code: "BAD_RECEIVE_MAXIMUM",
      action: "connect with receiveMaximum",
      on: String(receiveMaximum),
      expected: `an integer from 1 to the ledger's capacity, ${ledger.capacity}`,
      found: String(receiveMaximum),
    });
  }
  if (!(Number.isInteger(keepAliveSeconds) && keepAliveSeconds >= 1 && keepAliveSeconds <= 65_535)) {
    throw problem(RangeError, {
      code: "BAD_KEEP_ALIVE",
      action: "connect with keepAliveSeconds",
      on: String(keepAliveSeconds),
      expected: "an integer from 1 to 65535",
      found: String(keepAliveSeconds),
    });
  }
}
