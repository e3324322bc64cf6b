import { Observable } from "rxjs";
import { type Delivery, systemClock } from "../core/index.js";
import type { Connection, ConnectionState, InboundPacket } from "../mqtt/index.js";
import { DeliveryWatch } from "./delivery-watch.js";
import { Gatherer, type GatherOptions } from "./gather.js";
import { currentScope } from "./scope.js";

/** Packets that arrived together, un-acknowledged. Settling the delivery answers them all, in order. */
export interface PacketBatch {
  readonly packets: readonly InboundPacket[];
  readonly delivery: Delivery;
  /** How many packets have come behind these and wait. */
  readonly waiting: number;
}

/**
 * The packets of one connection, in batches.
 *
 * Emission: whatever arrived since the last turn, at most 384 packets unless `gather` says otherwise, held back
 * while the pipeline is busy. Never errors: a broker that is away is waited for. Completes when unsubscribed only. Memory: what
 * the connection hands over un-settled, which it bounds (1,024 packets unless its Receive Maximum says otherwise, 64 MiB).
 *
 * Opens the connection once the pipeline below has resumed its state.
 */
export function packetSource(
  connection: Connection,
  onState: (state: ConnectionState) => void = () => {},
  watch: DeliveryWatch = new DeliveryWatch(systemClock),
  gather: GatherOptions = {},
): Observable<PacketBatch> {
  return new Observable<PacketBatch>((subscriber) => {
    const scope = currentScope();
    const gatherer = new Gatherer<InboundPacket>(
      (packets) => {
        const delivery = watch.begin((settlement) => {
          for (const packet of packets) {
            if (settlement === "failed") packet.refuse();
            else packet.acknowledge();
          }
        });
        subscriber.next({ packets, delivery, waiting: gatherer.waiting });
      },
      scope,
      gather,
    );
    scope?.connect(connection);
    const open = (): void => {
      if (subscriber.closed) return;
      connection.open({
        onPacket: (packet) => gatherer.add(packet),
        onState: (state) => {
          onState(state);
          scope?.tellConnection(state);
        },
      });
    };
    if (scope) scope.ready.then(open, () => {});
    else open();
  });
}
