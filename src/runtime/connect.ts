import {
  type BrokerConnectionOptions,
  brokerConnection,
  type Connection,
  Ledger,
  topicsOf,
} from "../mqtt/index.js";
import type { Pipeline } from "../spec/index.js";
import type { Store } from "../store/index.js";
import { brokerAccess } from "./broker-access.js";
import { listenFilters } from "./listen-filters.js";
import type { Log } from "./log.js";
import { offlineMessage } from "./status-topic.js";

/**
 * A pipeline's own connection to a broker. The client id is the instance's persisted id and the
 * pipeline's name, so that the broker keeps the session from one run to the next.
 */
export function connectToBroker(
  pipeline: Pipeline,
  store: Store,
  url: string,
  log: Log,
  options: Pick<BrokerConnectionOptions, "sessionExpirySeconds"> = {},
): Connection {
  const { broker, input, output } = pipeline;
  const own = store.pipeline(pipeline.name);
  const ledger = new Ledger({ entries: own.ledger() });
  return brokerConnection({
    url,
    clientId: `${store.instanceId}-${pipeline.name}`,
    filters: listenFilters(pipeline),
    will: offlineMessage(topicsOf(output.base, pipeline.name).status, "connection lost"),
    ledger,
    qos: input.qos,
    onReleased: (packetId) => own.releasePacket(packetId),
    // With a policy against overload, Eddy has to see what comes too fast.
    ...(pipeline.overload === "back-pressure" ? {} : { receiveMaximum: ledger.capacity }),
    ...brokerAccess(broker, process.env),
    ...(broker.keepAliveMs === undefined ? {} : { keepAliveSeconds: broker.keepAliveMs / 1000 }),
    log: (message) => log.info(`${pipeline.name}: ${message}`),
    ...options,
  });
}
