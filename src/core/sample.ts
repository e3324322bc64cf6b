/** What one field of a sample may hold: a number, a vector, a symbol (a word, a character, a class) or a set of symbols. */
export type Value = number | Float64Array | string | readonly string[];

/**
 * One observation of one key, as it came off the wire.
 *
 * @property key      whose hidden state it steps; never empty
 * @property time     event time, milliseconds since 1970-01-01T00:00Z
 * @property arrival  when this box received it, milliseconds since 1970-01-01T00:00Z
 * @property values   the payload's fields; every number is finite
 */
export interface Sample {
  readonly key: string;
  readonly time: number;
  readonly arrival: number;
  readonly values: Readonly<Record<string, Value>>;
}
