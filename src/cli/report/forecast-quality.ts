import type { Prediction } from "../../core/index.js";
import { PastValues } from "../../features/index.js";

const DAY_MS = 86_400_000;
/** Keys whose past of a week is remembered (15 KB each); the others are compared with persistence alone. */
const REMEMBERED = 500;
/** Stretches of the errors' course. */
const COURSE = 120;

/** What anybody could have guessed. */
const RIVALS = { persistence: 0, "a day before": DAY_MS, "a week before": 7 * DAY_MS } as const;
export type Rival = keyof typeof RIVALS;

/** Errors of the forecasts and of a rival, on the events that both had a guess for. */
export interface Duel {
  count: number;
  /** Sums of |value - guess|, and of its square. */
  own: number;
  ownSquared: number;
  rival: number;
  rivalSquared: number;
}

const newDuel = (): Duel => ({ count: 0, own: 0, ownSquared: 0, rival: 0, rivalSquared: 0 });

/** How good the forecasts of one target were, in the target's own unit. */
export class ForecastQuality {
  readonly duels: Readonly<Record<Rival, Duel>> = {
    persistence: newDuel(),
    "a day before": newDuel(),
    "a week before": newDuel(),
  };
  /** Against persistence, by the name of the network in service. */
  readonly byModel = new Map<string, Duel>();
  /** Against persistence, in the order of events. */
  #course: { position: number; duel: Duel }[] = [];
  #width = 32;
  /** Values that had a band, and those within it. */
  banded = 0;
  within = 0;
  #seen = 0;
  readonly #target: number;
  readonly #steps: number;
  readonly #keys = new Map<string, { readonly last: number[]; readonly past: PastValues | undefined }>();

  /** @param steps ahead that the forecast was made */
  constructor(target: number, steps: number) {
    this.#target = target;
    this.#steps = steps;
  }

  /** Up to 120 stretches of events, of equal length: number of the last event, and the errors. */
  get course(): readonly { readonly position: number; readonly duel: Duel }[] {
    return this.#course;
  }

  step(key: string, time: number, prediction: Prediction): void {
    this.#seen++;
    const own = prediction.targets[this.#target];
    if (own === undefined || !Number.isFinite(own.value)) return;
    const { value, forecast, lower, upper } = own;
    const known = this.#of(key);
    if (forecast !== null && Number.isFinite(forecast)) {
      if (lower !== null && upper !== null) {
        this.banded++;
        if (lower <= value && value <= upper) this.within++;
      }
      for (const [name, lagMs] of Object.entries(RIVALS)) {
        const guess = lagMs === 0 ? known.last.at(-this.#steps) : this.#past(known.past, time, lagMs);
        if (guess === undefined || Number.isNaN(guess)) continue;
        this.#count(name as Rival, prediction.model, value - forecast, value - guess);
      }
    }
    if (known.last.push(value) > 2 * this.#steps) known.last.shift();
    known.past?.learn(time, value);
  }

  #of(key: string) {
    let known = this.#keys.get(key);
    if (known === undefined) {
      const past = this.#keys.size < REMEMBERED ? new PastValues(7 * DAY_MS) : undefined;
      known = { last: [], past };
      this.#keys.set(key, known);
    }
    return known;
  }

  /** What had not come yet when the forecast was made can't have been guessed from. */
  #past(past: PastValues | undefined, time: number, lagMs: number): number | undefined {
    const intervalMs = past?.intervalMs ?? 0;
    if (past === undefined || this.#steps * intervalMs > lagMs) return undefined;
    return past.near(time - lagMs, intervalMs);
  }

  #count(rival: Rival, model: string, own: number, its: number): void {
    add(this.duels[rival], own, its);
    if (rival !== "persistence") return;
    const byModel = this.byModel.get(model) ?? newDuel();
    this.byModel.set(model, byModel);
    add(byModel, own, its);
    let open = this.#course.at(-1);
    if (open === undefined || open.duel.count >= this.#width) {
      if (this.#course.length === COURSE) this.#halve();
      open = { position: this.#seen, duel: newDuel() };
      this.#course.push(open);
    }
    open.position = this.#seen;
    add(open.duel, own, its);
  }

  #halve(): void {
    this.#course = this.#course.flatMap((one, i, all) => {
      if (i % 2 === 0) return [];
      const { duel } = all[i - 1]!;
      const sum = (name: keyof Duel) => one.duel[name] + duel[name];
      const both = { count: sum("count"), own: sum("own"), ownSquared: sum("ownSquared") };
      return [
        { position: one.position, duel: { ...both, rival: sum("rival"), rivalSquared: sum("rivalSquared") } },
      ];
    });
    this.#width *= 2;
  }
}

function add(duel: Duel, own: number, its: number): void {
  duel.count++;
  duel.own += Math.abs(own);
  duel.ownSquared += own * own;
  duel.rival += Math.abs(its);
  duel.rivalSquared += its * its;
}
