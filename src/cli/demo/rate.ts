const BUCKET_MS = 500;
/** Whole buckets that count: the last 5 s. */
const BUCKETS = 10;

/** How many things happened lately, in buckets of half a second; immutable, O(1) memory. */
export interface Rate {
  /** Number of the first bucket that was watched from its beginning. */
  readonly first: number;
  /** Oldest first; buckets in which nothing happened are left out. */
  readonly buckets: readonly { readonly number: number; readonly count: number }[];
}

export function startRate(now: number): Rate {
  return { first: Math.ceil(now / BUCKET_MS), buckets: [] };
}

/** One more thing happened. */
export function count(rate: Rate, now: number): Rate {
  const number = Math.floor(now / BUCKET_MS);
  const kept = rate.buckets.filter((bucket) => bucket.number >= number - BUCKETS);
  const newest = kept.at(-1);
  const buckets =
    newest?.number === number
      ? [...kept.slice(0, -1), { number, count: newest.count + 1 }]
      : [...kept, { number, count: 1 }];
  return { first: rate.first, buckets };
}

/** @returns per second, over the whole buckets of the last 5 s; undefined before there is one */
export function perSecond(rate: Rate, now: number): number | undefined {
  const end = Math.floor(now / BUCKET_MS);
  const begin = Math.max(rate.first, end - BUCKETS);
  if (end <= begin) return undefined;
  const sum = rate.buckets
    .filter(({ number }) => number >= begin && number < end)
    .reduce((total, bucket) => total + bucket.count, 0);
  return (sum * 1000) / ((end - begin) * BUCKET_MS);
}
