import { describe, expect, it } from "vitest";
import { type SearchMethod, SymbolSearch, type Written } from "../../../src/cells/index.js";
import { Rng } from "../../../src/core/index.js";

const O = 4;
const STOP = 3;

/** A language in which the logits of the next symbol hang on all before, at random. */
function language(seed: number): (symbols: readonly number[]) => Float64Array {
  return (symbols) => {
    const rng = new Rng(symbols.reduce((sum, symbol) => sum * 7 + symbol + 1, seed));
    return Float64Array.from({ length: O }, () => 1.5 * rng.normal());
  };
}

function search(
  logitsOf: (symbols: readonly number[]) => Float64Array,
  method: SearchMethod,
  most = 5,
): Written {
  const found = new SymbolSearch({ method, stop: STOP, most });
  while (found.open.length > 0) found.extend(found.open.map(({ symbols }) => logitsOf(symbols)));
  return found.best;
}

const softmax = (logits: Float64Array) => {
  const powers = [...logits].map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};

/** The likeliest of all texts that stop within `most` symbols, by trying each. */
function likeliest(
  logitsOf: (symbols: readonly number[]) => Float64Array,
  most: number,
  symbols: readonly number[] = [],
  logProbability = 0,
): { symbols: readonly number[]; logProbability: number } {
  if (symbols.length === most) return { symbols, logProbability: Number.NEGATIVE_INFINITY };
  return softmax(logitsOf(symbols))
    .map((p, symbol) =>
      symbol === STOP
        ? { symbols, logProbability: logProbability + Math.log(p) }
        : likeliest(logitsOf, most, [...symbols, symbol], logProbability + Math.log(p)),
    )
    .reduce((best, one) => (one.logProbability > best.logProbability ? one : best));
}

const seeds = Array.from({ length: 30 }, (_, seed) => seed + 1);

describe("SymbolSearch", () => {
  it("greedy takes the likeliest symbol at every step, until the stop symbol", () => {
    for (const seed of seeds) {
      const logitsOf = language(seed);
      const symbols: number[] = [];
      let logProbability = 0;
      let next = 0;
      while (symbols.length < 5) {
        const p = softmax(logitsOf(symbols));
        next = p.indexOf(Math.max(...p));
        logProbability += Math.log(p[next]!);
        if (next === STOP) break;
        symbols.push(next);
      }
      const found = search(logitsOf, { kind: "greedy" });
      expect(found.symbols).toEqual(symbols);
      expect(found.logProbability).toBeCloseTo(logProbability, 10);
      expect(found.hasStopped).toBe(next === STOP);
    }
  });

  it("a beam of 1 is greedy, and one that holds every text finds the likeliest", () => {
    for (const seed of seeds) {
      const logitsOf = language(seed);
      expect(search(logitsOf, { kind: "beam", width: 1 })).toEqual(search(logitsOf, { kind: "greedy" }));
      const found = search(logitsOf, { kind: "beam", width: 1000 });
      const best = likeliest(logitsOf, 5);
      expect(found.symbols).toEqual(best.symbols);
      expect(found.logProbability).toBeCloseTo(best.logProbability, 10);
    }
  });

  it("a wider beam finds texts that are likelier on the whole", () => {
    const total = (width: number) =>
      seeds.reduce((sum, seed) => sum + search(language(seed), { kind: "beam", width }, 8).logProbability, 0);
    expect(total(4)).toBeGreaterThan(total(1));
  });

  it("draws symbols as often as they are likely, and the same ones from the same seed", () => {
    const logits = Float64Array.of(0.3, -1, 1.2, 0.1);
    for (const temperature of [0.5, 1, 2]) {
      const rng = new Rng(5);
      const counts = new Float64Array(O);
      const draws = 4000;
      for (let i = 0; i < draws; i++) {
        const { symbols } = search(() => logits, { kind: "sample", temperature, rng }, 1);
        counts[symbols[0] ?? STOP]!++;
      }
      const expected = softmax(logits.map((logit) => logit / temperature));
      for (const [k, p] of expected.entries()) expect(Math.abs(counts[k]! / draws - p)).toBeLessThan(0.025);
    }
    const drawn = () => search(language(1), { kind: "sample", temperature: 2, rng: new Rng(9) }, 20);
    expect(drawn()).toEqual(drawn());
  });

  it("without a stop symbol a text has its full length", () => {
    const found = new SymbolSearch({ method: { kind: "beam", width: 3 }, most: 6 });
    while (found.open.length > 0) found.extend(found.open.map(({ symbols }) => language(2)(symbols)));
    expect(found.best.symbols.length).toBe(6);
    expect(found.best.hasStopped).toBe(false);
    expect(new SymbolSearch({ method: { kind: "greedy" }, most: 0 }).best.symbols).toEqual([]);
  });

  it("refuses what cannot be", () => {
    const code = expect.objectContaining({ code: "SYMBOL_SEARCH" });
    const rng = new Rng(1);
    expect(() => new SymbolSearch({ method: { kind: "beam", width: 0 }, most: 5 })).toThrow(code);
    expect(() => new SymbolSearch({ method: { kind: "greedy" }, most: -1 })).toThrow(code);
    const method = { kind: "sample", temperature: 0, rng } as const;
    expect(() => new SymbolSearch({ method, most: 5 })).toThrow(code);
  });
});
