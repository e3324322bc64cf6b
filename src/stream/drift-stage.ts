import {
  type Batch,
  ByteReader,
  ByteWriter,
  type Stage,
  type StateSlot,
  type StreamEvent,
} from "../core/index.js";
import { Adwin } from "../detection/index.js";

/** Errors count up to this many usual steps: one failure of a sensor is no drift. */
const ERROR_CAP = 8;
/** After a change so many errors tell how large they are now. */
const SETTLE = 64;

/** The forecasts' errors have become larger, or smaller, for good. */
export interface Drift {
  /** Mean absolute error in usual steps before the change, and since. */
  readonly before: number;
  readonly after: number;
}

/**
 * Watches the forecasts' errors for a change that lasts, all keys together, by ADWIN on |residual| in usual
 * steps. Slot: `drift`.
 *
 * @param onDrift told before the next event is stepped; repeated when the journal is stepped again
 */
export function driftStage(onDrift: (drift: Drift, event: StreamEvent) => void): Stage {
  let adwin = new Adwin();
  let before = 0;
  let isFresh = true;
  const slot: StateSlot = {
    name: "drift",
    version: 1,
    isShared: true,
    keys: () => (isFresh ? [] : [""]),
    save: () => {
      if (isFresh) return undefined;
      const to = new ByteWriter().f64(before);
      adwin.write(to);
      return to.finish();
    },
    restore: (_key, bytes) => {
      const from = new ByteReader(bytes, 'state slot "drift"');
      before = from.f64();
      adwin.read(from);
      from.end();
      isFresh = false;
    },
    reset: () => {
      adwin = new Adwin();
      before = 0;
      isFresh = true;
    },
  };

  const step = (event: StreamEvent): void => {
    const error = usualError(event);
    if (error === undefined) return;
    isFresh = false;
    if (adwin.width > SETTLE) before = adwin.mean;
    if (!adwin.learn(error / ERROR_CAP)) return;
    onDrift({ before: before * ERROR_CAP, after: adwin.mean * ERROR_CAP }, event);
  };

  return {
    slots: [slot],
    process(batch: Batch): void {
      for (const event of batch.events) if (event.note === "") step(event);
    },
  };
}

/** Mean of |residual| over the targets in usual steps, at the first horizon; undefined while unknown. */
function usualError({ prediction, scale }: StreamEvent): number | undefined {
  if (prediction === undefined || scale === undefined) return undefined;
  const horizons = scale.length / prediction.targets.length;
  let sum = 0;
  for (const [target, { residual }] of prediction.targets.entries()) {
    const unit = scale[target * horizons] ?? 0;
    if (residual === null || !(unit > 0)) return undefined;
    sum += Math.min(Math.abs(residual) / unit, ERROR_CAP);
  }
  return sum / prediction.targets.length;
}
