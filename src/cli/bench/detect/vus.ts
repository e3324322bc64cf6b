/** Thresholds at which precision and recall are taken, as in the authors' code. */
const THRESHOLDS = 250;

/** Rows [first, last] of an anomaly, both included. */
export type Stretch = readonly [number, number];

/** Stretches of rows whose label is not 0. */
export function stretches(labels: ArrayLike<number>): Stretch[] {
  const found: [number, number][] = [];
  for (let i = 0; i < labels.length; i++) {
    if (!labels[i]) continue;
    const last = found.at(-1);
    if (last && last[1] === i - 1) last[1] = i;
    else found.push([i, i]);
  }
  return found;
}

/**
 * Volume under the precision-recall surface (Paparrizos, Boniol, Palpanas, Tsay, Elmore, Franklin 2022, "Volume under the
 * surface: a new accuracy evaluation measure for time-series anomaly detection"), as their code computes it: the area under
 * the curve of range-based precision and recall, averaged over buffers of 0 to `buffer` rows around each anomaly, in which
 * labels fall off as sqrt(1 - distance / buffer).
 *
 * @param scores [T] higher is more unusual
 * @param labels [T] 0 or 1
 */
export function vusPr(scores: Float64Array, labels: Uint8Array, buffer = 100): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const cuts = cutsOf(scores, order);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0) return Number.NaN;
  let sum = 0;
  for (let window = 0; window <= buffer; window++) {
    sum += rangePr(order, cuts, softLabels(labels, window), positives);
  }
  return sum / (buffer + 1);
}

/** Average precision, row by row: sum over thresholds of (recall - recall before) x precision. */
export function aucPr(scores: Float64Array, labels: Uint8Array): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0) return Number.NaN;
  let found = 0;
  let before = 0;
  let area = 0;
  for (let i = 0; i < order.length; i++) {
    found += labels[order[i]!]!;
    if (i + 1 < order.length && scores[order[i + 1]!] === scores[order[i]!]) continue;
    area += ((found - before) / positives) * (found / (i + 1));
    before = found;
  }
  return area;
}

/** For each threshold how many rows lie at or above it. */
function cutsOf(scores: Float64Array, order: Uint32Array): number[] {
  const T = order.length;
  return Array.from({ length: THRESHOLDS }, (_, k) => {
    const at = Math.floor((k * (T - 1)) / (THRESHOLDS - 1));
    const threshold = scores[order[at]!]!;
    let end = at + 1;
    while (end < T && scores[order[end]!] === threshold) end++;
    return end;
  });
}

/** [T] labels that fall off over half a window on both sides. */
export function softLabels(labels: Uint8Array, window: number): Float64Array {
  const soft = Float64Array.from(labels);
  const half = Math.floor(window / 2);
  for (const [first, last] of stretches(labels)) {
    for (let i = last; i < Math.min(last + half, soft.length); i++)
      soft[i]! += Math.sqrt(1 - (i - last) / window);
    for (let i = Math.max(first - half, 0); i < first; i++) soft[i]! += Math.sqrt(1 - (first - i) / window);
  }
  return soft.map((label) => Math.min(1, label));
}

function rangePr(order: Uint32Array, cuts: readonly number[], soft: Float64Array, positives: number): number {
  const T = order.length;
  const sums = new Float64Array(T + 1);
  const rankOf = new Uint32Array(T);
  for (let i = 0; i < T; i++) {
    sums[i + 1] = sums[i]! + soft[order[i]!]!;
    rankOf[order[i]!] = i;
  }
  // The best rank in each anomaly: from there on it is found.
  const best = stretches(soft).map(([first, last]) => {
    let rank = T;
    for (let i = first; i <= last; i++) rank = Math.min(rank, rankOf[i]!);
    return rank;
  });
  const wanted = (positives + sums[T]!) / 2;
  let before = 0;
  let area = 0;
  for (const cut of cuts) {
    const hit = sums[cut]!;
    const existing = best.filter((rank) => rank < cut).length / best.length;
    const recall = Math.min(hit / wanted, 1) * existing;
    area += (recall - before) * (hit / cut);
    before = recall;
  }
  return area;
}
