import { describe, expect, it } from "vitest";
import { type DetectOptions, judge } from "../../../src/cli/bench/detect/detect.js";
import type { Labelled } from "../../../src/cli/bench/detect/labelled.js";
import { Rng, sin } from "../../../src/core/index.js";

const STREAMS = 20;
const DAYS = 60;
/** A value every ten minutes. */
const PER_DAY = 144;
const ROWS = DAYS * PER_DAY;
const WARM_UP = 750;
const OPTIONS: DetectOptions = {
  warmUp: WARM_UP,
  alertsPerDay: 0.1,
  detectors: "auto",
  buffer: 100,
  delay: 30,
};

/** Streams in which nothing is the matter: waves of a day and of others, counts, walks that come back, in turn. */
function stream(seed: number, fault: (t: number) => number = () => 0): Labelled {
  const rng = new Rng(1000 + seed);
  const period = 20 + rng.integer(200);
  const noise = 0.1 + rng.uniform();
  const memory = 0.95 * rng.uniform();
  let drift = 0;
  const rows = Array.from({ length: ROWS }, (_, t) => {
    drift = memory * drift + noise * rng.normal();
    const day = sin((6.283185307179586 * t) / PER_DAY);
    const own = sin((6.283185307179586 * t) / period);
    const value = [3 * day + drift, 2 * own + drift, Math.round(Math.max(0, 5 + 2 * day + drift)), drift][
      seed % 4
    ];
    return Float64Array.of((value ?? 0) + fault(t));
  });
  return {
    name: String(seed),
    signals: ["v"],
    times: Float64Array.from({ length: ROWS }, (_, t) => 1_760_000_000_000 + t * 600_000),
    rows,
    labels: new Uint8Array(ROWS),
    changes: [],
  };
}

describe("alerts-per-day: 0.1", () => {
  it("raises at most 0.3 a day on average in 20 streams of 60 days without a fault", () => {
    let alerts = 0;
    for (let seed = 0; seed < STREAMS; seed++) {
      alerts += judge(stream(seed), OPTIONS).fires.reduce((sum, fire) => sum + fire, 0);
    }
    expect(alerts / (STREAMS * (DAYS - WARM_UP / PER_DAY))).toBeLessThan(0.3);
  });

  it("finds large faults in most streams nevertheless", () => {
    const at = 6000;
    const found = Array.from({ length: 8 }, (_, seed) => {
      const { fires } = judge(
        stream(seed, (t) => (t >= at && t < at + 12 ? 15 : 0)),
        OPTIONS,
      );
      return fires.subarray(at, at + 30).includes(1);
    });
    expect(found.filter(Boolean).length).toBeGreaterThanOrEqual(6);
  });
});
