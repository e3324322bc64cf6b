import type { Point } from "../wire.js";

/** Points of a key that a page keeps: older ones are read again when they are looked at. */
const MOST = 20_000;

type Column = (number | null)[];

/** One key's points by column, as charts want them; x in seconds. */
export class Series {
  readonly position: number[] = [];
  readonly x: number[] = [];
  readonly value: Column = [];
  readonly forecast: Column = [];
  readonly lower: Column = [];
  readonly upper: Column = [];
  readonly residual: Column = [];
  readonly score: Column = [];
  readonly alert: number[] = [];
  /** Nothing older is stored. */
  isComplete = false;

  get length(): number {
    return this.x.length;
  }

  get first(): number | undefined {
    return this.position[0];
  }

  get lastX(): number | undefined {
    return this.x.at(-1);
  }

  #columns(): (number | null)[][] {
    const { position, x, value, forecast, lower, upper, residual, score, alert } = this;
    return [position, x, value, forecast, lower, upper, residual, score, alert];
  }

  /** Newer points; those that are there already are left out. */
  append(points: readonly Point[]): void {
    const last = this.position.at(-1) ?? -1;
    const fresh = points.filter(([position]) => position > last);
    for (const [i, column] of this.#columns().entries()) {
      for (const point of fresh) column.push(i === 1 ? point[1] / 1000 : point[i]!);
    }
    const surplus = this.length - MOST;
    if (surplus <= 0) return;
    for (const column of this.#columns()) column.splice(0, surplus);
    this.isComplete = false;
  }

  /** Older points. */
  prepend(points: readonly Point[]): void {
    const first = this.first ?? Number.POSITIVE_INFINITY;
    const room = Math.max(0, MOST - this.length);
    const older = points.filter(([position]) => position < first).slice(-room || Number.POSITIVE_INFINITY);
    if (room === 0) return;
    for (const [i, column] of this.#columns().entries()) {
      column.unshift(...older.map((point) => (i === 1 ? point[1] / 1000 : point[i]!)));
    }
  }

  /** Stretches of x in which an alert is open. */
  alertSpans(): [from: number, to: number][] {
    const spans: [number, number][] = [];
    let from: number | undefined;
    for (const [i, open] of this.alert.entries()) {
      if (open && from === undefined) from = this.x[i]!;
      if (!open && from !== undefined) {
        spans.push([from, this.x[i]!]);
        from = undefined;
      }
    }
    if (from !== undefined) spans.push([from, this.lastX ?? from]);
    return spans;
  }

  /** About so many of the newest points span this, seconds. */
  spanOf(points: number): number {
    const last = this.lastX;
    const begin = this.x[Math.max(0, this.length - points)];
    return last === undefined || begin === undefined || last <= begin ? 30 : last - begin;
  }
}
