import { type MonoTypeOperatorFunction, Observable } from "rxjs";
import type { Batch } from "../core/index.js";
import { currentScope } from "./scope.js";

/**
 * Puts any RxJS operator on batches between Eddy's own, and settles the deliveries of what it drops:
 * a batch that has not come out when a later one does, or when the operator completes, was dropped.
 * It belongs above `sequence`: what is dropped is in no journal, so a stage above that has stepped it
 * would not remember it after a restart.
 *
 * Emission, errors, completion: the operator's. Memory: the operator's, and one entry per batch inside it.
 */
export function via(operator: MonoTypeOperatorFunction<Batch>): MonoTypeOperatorFunction<Batch> {
  return (source) =>
    new Observable<Batch>((subscriber) => {
      const scope = currentScope();
      const inside = new Set<Batch>();
      // Held inside the operator while the gate was opened for the batches behind.
      const held = new Set<Batch>();
      const drop = (batch: Batch): void => {
        inside.delete(batch);
        held.delete(batch);
        if (batch.delivery.settlement === undefined) batch.delivery.settle("dropped");
      };
      const entering = new Observable<Batch>((inner) =>
        source.subscribe({
          next: (batch) => {
            inside.add(batch);
            inner.next(batch);
            if (!inside.has(batch)) return;
            // Held or dropped: either way the next batch may come, or nothing would ever push it out.
            held.add(batch);
            scope?.leave();
          },
          error: (error) => inner.error(error),
          complete: () => inner.complete(),
        }),
      );
      return operator(entering).subscribe({
        next: (batch) => {
          for (const earlier of inside) {
            if (earlier === batch) break;
            drop(earlier);
          }
          inside.delete(batch);
          if (held.delete(batch)) scope?.enter();
          subscriber.next(batch);
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          for (const batch of inside) drop(batch);
          subscriber.complete();
        },
      });
    });
}
