import { describe, expect, it } from "vitest";
import { FaultSchedule } from "../../../src/cli/demo/fault.js";
import { PLANT, Pump, type PumpReading, type PumpSpec } from "../../../src/cli/demo/pump.js";
import { Rng } from "../../../src/core/index.js";

const START = Date.parse("2026-03-01T12:00:00Z");
const STEP_MS = 100;
const SPEC: PumpSpec = PLANT[0] ?? {
  name: "pump",
  nominalRpm: 1480,
  vibration: 3,
  cycleSeconds: 30,
  phase: 0,
  noise: 0.01,
};

/** Readings ten times a second. */
function readings(pump: Pump, seconds: number, from = 0): PumpReading[] {
  return Array.from({ length: seconds * 10 }, (_, step) => pump.step(START + from * 1000 + step * STEP_MS));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - ma) * ((b[i] ?? mb) - mb)));
  const spread = (values: readonly number[], m: number) =>
    Math.sqrt(mean(values.map((value) => (value - m) ** 2)));
  return covariance / (spread(a, ma) * spread(b, mb));
}

describe("Pump", () => {
  it("Pump.step() gives the same readings for the same seed and times", () => {
    const run = (seed: number) => {
      const pump = new Pump(SPEC, new Rng(seed));
      const before = readings(pump, 5);
      pump.begin("bearing wear", START + 5_000);
      return [...before, ...readings(pump, 15, 5)];
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it.each(PLANT)("Pump.step() of $name stays within what such a pump does", (spec) => {
    for (const reading of readings(new Pump(spec, new Rng(3)), 120)) {
      expect(reading.load).toBeGreaterThan(0.05);
      expect(reading.load).toBeLessThanOrEqual(1);
      expect(reading.vibration).toBeGreaterThan(0.3);
      expect(reading.vibration).toBeLessThan(4.5);
      expect(reading.temperature).toBeGreaterThan(20);
      expect(reading.temperature).toBeLessThan(65);
      expect(reading.rpm / spec.nominalRpm).toBeGreaterThan(0.8);
      expect(reading.rpm / spec.nominalRpm).toBeLessThan(1.02);
    }
  });

  it("Pump.step() rounds to what sensors resolve and stamps ISO 8601 with milliseconds", () => {
    const reading = new Pump(SPEC, new Rng(3)).step(START + 7);
    expect(reading.ts).toBe("2026-03-01T12:00:00.007Z");
    expect(reading.vibration).toBe(Number(reading.vibration.toFixed(2)));
    expect(reading.temperature).toBe(Number(reading.temperature.toFixed(1)));
    expect(Number.isInteger(reading.rpm)).toBe(true);
  });

  it("Pump.step() lets vibration follow the load at once and temperature follow it late", () => {
    const run = readings(new Pump(SPEC, new Rng(5)), 300);
    const load = run.map((reading) => reading.load);
    const lagged = (of: (reading: PumpReading) => number, seconds: number) => {
      const values = run.slice(seconds * 10).map(of);
      return correlation(load.slice(0, values.length), values);
    };
    expect(lagged((reading) => reading.vibration, 0)).toBeGreaterThan(0.97);
    const byLag = Array.from({ length: 13 }, (_, lag) => lagged((reading) => reading.temperature, lag));
    const best = byLag.indexOf(Math.max(...byLag));
    expect(best).toBeGreaterThanOrEqual(3);
    expect(best).toBeLessThanOrEqual(8);
    expect(byLag[best]).toBeGreaterThan(0.8);
  });

  it("Pump.step() keeps its place in the cycle when the plant is started again", () => {
    const going = readings(new Pump(SPEC, new Rng(1)), 60).at(-1);
    const again = new Pump(SPEC, new Rng(2)).step(START + 60_000 - STEP_MS);
    expect(Math.abs((going?.load ?? 0) - again.load)).toBeLessThan(0.1);
  });

  it("Pump with bearing wear shakes ever more, warms up, and is well again after the repair", () => {
    const sound = readings(new Pump(SPEC, new Rng(4)), 30);
    const pump = new Pump(SPEC, new Rng(4));
    pump.begin("bearing wear", START);
    const worn = readings(pump, 30);
    const ratio = (from: number, to: number, of: (reading: PumpReading) => number) => {
      const sum = (run: readonly PumpReading[]) =>
        run.slice(from * 10, to * 10).reduce((total, reading) => total + of(reading), 0);
      return sum(worn) / sum(sound);
    };
    const vibration = (reading: PumpReading) => reading.vibration;
    expect(ratio(0, 2, vibration)).toBeLessThan(1.1);
    expect(ratio(7, 8, vibration)).toBeGreaterThan(2);
    expect(ratio(7, 9, (reading) => reading.temperature)).toBeGreaterThan(1.05);
    expect(ratio(14, 30, vibration)).toBeCloseTo(1, 1);
    expect(pump.faultNow).toBeUndefined();
  });

  it("Pump with a stuck sensor says one value for about 6 s while the pump goes on", () => {
    const pump = new Pump(SPEC, new Rng(4));
    pump.begin("stuck sensor", START);
    const run = readings(pump, 8);
    const stuck = run.slice(0, 60);
    expect(new Set(stuck.map((reading) => reading.vibration)).size).toBe(1);
    expect(new Set(stuck.map((reading) => reading.load)).size).toBeGreaterThan(20);
    expect(new Set(run.slice(61).map((reading) => reading.vibration)).size).toBeGreaterThan(3);
  });

  it("Pump with a spike is far off for one or three readings", () => {
    const lengths = new Set<number>();
    for (let seed = 0; seed < 10; seed++) {
      const sound = readings(new Pump(SPEC, new Rng(seed)), 2)[0];
      const pump = new Pump(SPEC, new Rng(seed));
      pump.begin("spike", START);
      let length = 0;
      for (let step = 0; step < 10; step++) {
        const { vibration } = pump.step(START + step * STEP_MS);
        if (pump.faultNow === undefined) break;
        expect(vibration).toBeGreaterThan(2 * (sound?.vibration ?? 0));
        length++;
      }
      lengths.add(length);
    }
    expect([...lengths].sort()).toEqual([1, 3]);
  });

  it("Pump.begin() leaves a fault alone that is still on", () => {
    const pump = new Pump(SPEC, new Rng(4));
    pump.begin("stuck sensor", START);
    pump.begin("spike", START + 50);
    expect(pump.faultNow).toEqual({ kind: "stuck sensor", since: START });
  });
});

describe("FaultSchedule", () => {
  function faults(seed: number) {
    const schedule = new FaultSchedule(new Rng(seed), 4, START, { quietSeconds: 45 });
    return Array.from({ length: 6_000 }, (_, step) => {
      const due = schedule.due(START + step * STEP_MS);
      return due && { ...due, seconds: step / 10 };
    }).filter((fault) => fault !== undefined);
  }

  it("FaultSchedule.due() begins after the quiet time, then comes every 15 to 25 s", () => {
    const seconds = faults(11).map((fault) => fault.seconds);
    expect(seconds[0]).toBeGreaterThanOrEqual(45);
    expect(seconds[0]).toBeLessThan(48.2);
    const gaps = seconds.slice(1).map((second, i) => second - (seconds[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(14.99);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(25.2);
  });

  it("FaultSchedule.due() chooses every pump and every kind sooner or later, the same for the same seed", () => {
    expect(new Set(faults(11).map((fault) => fault.pump)).size).toBe(4);
    expect(new Set(faults(11).map((fault) => fault.kind)).size).toBe(3);
    expect(faults(11)).toEqual(faults(11));
  });
});
