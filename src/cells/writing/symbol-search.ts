import { exp, log, problem, type Rng } from "../../core/index.js";

/**
 * How a text is chosen among all that a network could write:
 *
 * - `greedy`: the likeliest symbol at every step;
 * - `beam`: of the texts begun so far the `width` likeliest are gone on with (Graves 2012): 1 is greedy;
 * - `sample`: each symbol is drawn from softmax(logits / temperature): 1 as the network says, above 1 bolder.
 */
export type SearchMethod =
  | { readonly kind: "greedy" }
  | { readonly kind: "beam"; readonly width: number }
  | { readonly kind: "sample"; readonly temperature: number; readonly rng: Rng };

export interface SearchOptions {
  readonly method: SearchMethod;
  /** The symbol that ends a text, by number; absent: none does. */
  readonly stop?: number;
  /** Symbols of the longest text, the stop symbol not counted. */
  readonly most: number;
}

/** A text that was written. */
export interface Written {
  /** By number, without the stop symbol. */
  readonly symbols: readonly number[];
  /** The sum of log softmax(logits) over its symbols, the stop symbol's included: log P(text). */
  readonly logProbability: number;
  /** It ended by itself, by the stop symbol. */
  readonly hasStopped: boolean;
}

/** A text that is gone on with: whoever runs the network lets it read the last of `symbols` in the state of `parent`. */
export interface OpenText {
  readonly symbols: readonly number[];
  readonly logProbability: number;
  /** Its beginning's place among the open texts before. */
  readonly parent: number;
}

/**
 * The search for a text, one symbol at a time, whoever runs the network: give it the logits of every open text, go on
 * with those that are open then, until none is.
 *
 *     while (search.open.length > 0) search.extend(logits of each of search.open)
 *
 * With a beam the likeliest text is the one with the greatest log P(text); a search ends when no open text can become
 * likelier than the best that has stopped. Of equals the first symbol is taken: the same logits, the same text.
 */
export class SymbolSearch {
  readonly #options: SearchOptions;
  readonly #width: number;
  #open: readonly OpenText[] = [{ symbols: [], logProbability: 0, parent: 0 }];
  #best: Written | undefined;

  /** @throws RangeError code `SYMBOL_SEARCH` for a width, temperature or length that cannot be */
  constructor(options: SearchOptions) {
    const { method, most } = options;
    const refuse = (on: string, expected: string, found: number) =>
      problem(RangeError, {
        code: "SYMBOL_SEARCH",
        action: "search for a text",
        on,
        expected,
        found: String(found),
      });
    if (!Number.isInteger(most) || most < 0) throw refuse("with most", "a whole number from 0", most);
    if (method.kind === "beam" && !(Number.isInteger(method.width) && method.width > 0))
      throw refuse("with a beam", "a whole number from 1", method.width);
    if (method.kind === "sample" && !(method.temperature > 0))
      throw refuse("with a temperature", "a number above 0", method.temperature);
    this.#options = options;
    this.#width = method.kind === "beam" ? method.width : 1;
    if (most === 0) this.#close(this.#open);
  }

  /** Texts that are gone on with; none: the search is over. */
  get open(): readonly OpenText[] {
    return this.#open;
  }

  /** The likeliest of those that stopped or, where none has, of those that grew to their full length. */
  get best(): Written {
    return this.#best ?? { symbols: [], logProbability: Number.NEGATIVE_INFINITY, hasStopped: false };
  }

  /** @param logits [O] of the next symbol, of each open text */
  extend(logits: readonly Float64Array[]): void {
    const { stop, most } = this.#options;
    const grown = this.#grow(logits);
    const open: OpenText[] = [];
    for (const text of grown) {
      if (text.symbols.at(-1) === stop) this.#stop(text);
      else open.push(text);
    }
    const bound = this.#best?.logProbability ?? Number.NEGATIVE_INFINITY;
    this.#open = open.filter(({ logProbability }) => logProbability > bound || this.#best === undefined);
    if (this.#open[0] !== undefined && this.#open[0].symbols.length >= most) this.#close(this.#open);
  }

  /** The texts of one symbol more that are worth going on with, the likeliest first. */
  #grow(logits: readonly Float64Array[]): OpenText[] {
    const { method } = this.#options;
    const grown: { parent: number; symbol: number; logProbability: number }[] = [];
    for (const [parent, { logProbability }] of this.#open.entries()) {
      const own = logProbabilities(logits[parent]!);
      if (method.kind === "sample") {
        const symbol = draw(logits[parent]!, method.temperature, method.rng);
        grown.push({ parent, symbol, logProbability: logProbability + own[symbol]! });
        continue;
      }
      for (let symbol = 0; symbol < own.length; symbol++) {
        insert(grown, { parent, symbol, logProbability: logProbability + own[symbol]! }, this.#width);
      }
    }
    return grown.map(({ parent, symbol, logProbability }) => ({
      symbols: [...this.#open[parent]!.symbols, symbol],
      logProbability,
      parent,
    }));
  }

  #stop({ symbols, logProbability }: OpenText): void {
    if (this.#best !== undefined && this.#best.logProbability >= logProbability) return;
    this.#best = { symbols: symbols.slice(0, -1), logProbability, hasStopped: true };
  }

  /** The texts have their full length. */
  #close([first]: readonly OpenText[]): void {
    this.#open = [];
    if (this.#best !== undefined || first === undefined) return;
    const { symbols, logProbability } = first;
    this.#best = { symbols, logProbability, hasStopped: false };
  }
}

/** Keeps the `width` likeliest in order; of equals the first stays ahead. */
function insert<T extends { readonly logProbability: number }>(list: T[], one: T, width: number): void {
  let at = list.length;
  while (at > 0 && list[at - 1]!.logProbability < one.logProbability) at--;
  if (at >= width) return;
  list.splice(at, 0, one);
  if (list.length > width) list.pop();
}

/** log softmax(z) = z - log sum exp(z), less the largest, so that no exponential overflows. */
export function logProbabilities(logits: Float64Array): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (const logit of logits) sum += exp(logit - largest);
  const shift = largest + log(sum);
  return logits.map((logit) => logit - shift);
}

/** A number drawn from softmax(logits / temperature). */
function draw(logits: Float64Array, temperature: number, rng: Rng): number {
  const own = logProbabilities(logits.map((logit) => logit / temperature));
  let left = rng.uniform();
  for (const [symbol, logProbability] of own.entries()) {
    left -= exp(logProbability);
    if (left < 0) return symbol;
  }
  return own.length - 1;
}
