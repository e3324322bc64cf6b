import { Observable } from "rxjs";
import { type Batch, Delivery, type Request } from "../core/index.js";
import { Gatherer } from "./gather.js";
import { currentScope } from "./scope.js";

/** Lets requests in from elsewhere than the broker. */
export interface RequestLine {
  /** @returns false if the stream takes none any more: nobody will settle it */
  send(request: Request): boolean;
}

/**
 * Requests as batches of their own, between those of the packets.
 *
 * Emission: once the pipeline has resumed its state, whatever was asked since the last turn, held back while the
 * pipeline is busy. Completes when unsubscribed only. Memory: what is asked, until it is committed.
 *
 * @param onLine is handed the line when the stream begins
 */
export function requestSource(onLine: (line: RequestLine) => void): Observable<Batch> {
  return new Observable<Batch>((subscriber) => {
    const scope = currentScope();
    const gatherer = new Gatherer<Request>((requests) => {
      subscriber.next({
        events: [],
        requests,
        deadLetters: [],
        ledger: [],
        log: [],
        delivery: new Delivery(),
      });
    }, scope);
    const send = (request: Request): boolean => {
      if (subscriber.closed) return false;
      gatherer.add(request);
      return true;
    };
    const open = () => {
      if (!subscriber.closed) onLine({ send });
    };
    if (scope) scope.ready.then(open, () => {});
    else open();
  });
}
