import { type Inference, joinSymbols, type StreamEvent, splitText, type Value } from "../core/index.js";
import type { Expectation, PipelineSupervised } from "../spec/index.js";

/** What a network told, and what the field of its target says, if it is there. */
interface Told {
  readonly inference: Inference;
  readonly truth: Value | undefined;
}

/** How many rows tell a supervised target, how much of it is right, and how far values are off, against what a test expects. */
export function compareInferences(
  { named, accuracy, mae }: Pick<Expectation, "named" | "accuracy" | "mae">,
  events: readonly (StreamEvent | undefined)[],
  supervised: PipelineSupervised | undefined,
): string[] {
  const failures: string[] = [];
  const rows = events.filter((event) => event?.prediction?.inference !== undefined).length;
  if (named !== undefined && named !== rows) failures.push(`named: expected ${named}, found ${rows}`);
  if (accuracy === undefined && mae === undefined) return failures;
  const judged = told(events, supervised).filter(({ truth }) => truth !== undefined);
  if (accuracy !== undefined) {
    const found = shareRight(judged, supervised);
    if (!(found >= accuracy))
      failures.push(`accuracy: expected at least ${accuracy}, found ${found.toFixed(4)} of ${judged.length}`);
  }
  if (mae !== undefined) {
    const found = meanAbsoluteError(judged);
    if (!(found <= mae))
      failures.push(`mae: expected at most ${mae}, found ${found.toPrecision(4)} of ${judged.length}`);
  }
  return failures;
}

function told(
  events: readonly (StreamEvent | undefined)[],
  supervised: PipelineSupervised | undefined,
): Told[] {
  if (supervised === undefined) return [];
  const { field, ahead } = supervised;
  const stepped = events.filter((event) => event?.note === "") as StreamEvent[];
  const byKey = new Map<string, StreamEvent[]>();
  for (const event of stepped) {
    const { key } = event.sample;
    const own = byKey.get(key);
    if (own === undefined) byKey.set(key, [event]);
    else own.push(event);
  }
  return [...byKey.values()].flatMap((own) =>
    own.flatMap(({ prediction, isMark }, i): Told[] => {
      const { inference, steps } = prediction ?? {};
      if (inference === undefined) return [];
      const truthOf = (one: StreamEvent | undefined) => one?.sample.values[field];
      if (steps === undefined) {
        return [{ inference, truth: truthOf(isMark ? eventAhead(own, i, -1) : eventAhead(own, i, ahead)) }];
      }
      // Every event of a key counts, so that its numbers follow upon each other.
      const first = own[0]?.seq ?? 0;
      return steps.map((step) => ({ inference: step.inference, truth: truthOf(own[step.seq - first]) }));
    }),
  );
}

/** The event so many later in the same sequence than number `i`, or earlier; marks are none. */
function eventAhead(own: readonly StreamEvent[], i: number, ahead: number): StreamEvent | undefined {
  const by = Math.sign(ahead);
  let at = i;
  for (let left = Math.abs(ahead); left > 0; ) {
    // Another sequence is none of its business.
    const isOver = by > 0 ? own[at + 1]?.begins : own[at]?.begins;
    at += by;
    const event = own[at];
    if (event === undefined || isOver) return undefined;
    if (!event.isMark) left--;
  }
  return own[at];
}

/** Of classes and texts the share that is right; of sets TP / (TP + FP + FN). */
function shareRight(judged: readonly Told[], supervised: PipelineSupervised | undefined): number {
  let [right, all] = [0, 0];
  for (const { inference, truth } of judged) {
    if ("text" in inference && supervised?.kind === "text") {
      all++;
      if (inference.text === joinSymbols(splitText(String(truth), supervised.split), supervised.split))
        right++;
    } else if ("label" in inference) {
      all++;
      if (inference.label === truth) right++;
    } else if ("symbols" in inference && Array.isArray(truth)) {
      right += inference.symbols.filter((symbol) => truth.includes(symbol)).length;
      all += new Set([...inference.symbols, ...truth]).size;
    }
  }
  return all === 0 ? 0 : right / all;
}

/** NaN where nothing can be judged. */
function meanAbsoluteError(judged: readonly Told[]): number {
  const errors = judged.flatMap(({ inference, truth }) =>
    "estimate" in inference && typeof truth === "number" ? [Math.abs(inference.estimate - truth)] : [],
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
