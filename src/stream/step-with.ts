import { type MonoTypeOperatorFunction, Observable } from "rxjs";
import type { Batch, Stage } from "../core/index.js";
import { currentScope } from "./scope.js";

/**
 * An operator that lets a stage fill in its part of every batch and passes the batch on.
 *
 * Emission: one batch per batch, in order; a stage that waits holds back what is behind it. Errors and
 * completion pass through, completion after the batch that waits. Memory: none of its own (what the
 * stage remembers is in its slots; the first stage's batch has its keys' states brought back before); the scope's gate keeps more than one batch from arriving.
 */
export function stepWith(makeStage: () => Stage): MonoTypeOperatorFunction<Batch> {
  return (source) =>
    new Observable<Batch>((subscriber) => {
      const stage = makeStage();
      const scope = currentScope();
      scope?.register(stage);
      const queue: Batch[] = [];
      let isBusy = false;
      let isComplete = false;

      const drain = (): void => {
        while (!isBusy && !subscriber.closed) {
          const batch = queue.shift();
          if (batch === undefined) break;
          let waiting: void | Promise<void>;
          try {
            if (scope?.stages[0] === stage) scope.pager?.admit(batch);
            waiting = stage.process(batch);
          } catch (error) {
            subscriber.error(error);
            return;
          }
          if (waiting === undefined) {
            subscriber.next(batch);
            continue;
          }
          isBusy = true;
          waiting.then(
            () => {
              isBusy = false;
              subscriber.next(batch);
              drain();
            },
            (error: unknown) => subscriber.error(error),
          );
        }
        if (isComplete && !isBusy && queue.length === 0) subscriber.complete();
      };

      return source.subscribe({
        next: (batch) => {
          queue.push(batch);
          drain();
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          isComplete = true;
          drain();
        },
      });
    });
}
