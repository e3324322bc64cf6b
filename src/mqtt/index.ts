export type { ReconnectOptions } from "./backoff.js";
export { brokerConnection } from "./broker-connection.js";
export type { BrokerConnectionOptions } from "./broker-connection-options.js";
export {
  type Client,
  type ClientOptions,
  type ClientPublishOptions,
  connectClient,
  type MessageHandler,
  type ReceivedProperties,
} from "./client.js";
export type {
  Connection,
  ConnectionHandlers,
  ConnectionState,
  InboundPacket,
  OnPublished,
  OutboundMessage,
} from "./connection.js";
export { DroppedMessages, type DroppedMessagesOptions } from "./dropped-messages.js";
export {
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
  type EmbeddedConnectionOptions,
  embeddedBroker,
} from "./embedded-broker.js";
export { type Arrival, Ledger, type LedgerOptions, type LedgerRecord, type LedgerState } from "./ledger.js";
export type { Protocol } from "./link-options.js";
export { packetHash } from "./packet-hash.js";
export { hashPassword, isPassword } from "./password-hash.js";
export { encodeKey, type Topics, topicsOf } from "./topics.js";
