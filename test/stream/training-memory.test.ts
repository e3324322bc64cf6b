import { describe, expect, it } from "vitest";
import { TrainingMemory } from "../../src/stream/training-memory.js";
import { eventOf } from "./events.js";

const CAPACITY = 100;

function memory() {
  return new TrainingMemory({ inputs: 1, targets: 1, outputs: 1 }, CAPACITY);
}

function add(to: TrainingMemory, key: string, time: number, value = 0): void {
  const [input, scale] = [1, 2].map(() => new Float64Array(1));
  const target = Float64Array.of(value);
  to.add(Object.assign(eventOf(key, time), { input, target, scale }));
}

describe("TrainingMemory", () => {
  it("holds no more than its capacity, however many keys come and go", () => {
    const remembered = memory();
    for (let n = 0; n < 20 * CAPACITY; n++) {
      add(remembered, `k${n}`, n);
      expect(remembered.events).toBeLessThanOrEqual(CAPACITY);
    }
    expect(remembered.sequences().length).toBe(remembered.events);
  });

  it("has room for many events after it has forgotten, whatever the keys: else each event would cost all keys", () => {
    for (const keys of [1, 3, 60, 80, 99, 150]) {
      const remembered = memory();
      let forgettings = 0;
      for (let n = 0; n < 20 * CAPACITY; n++) {
        const before = remembered.events;
        add(remembered, `k${n % keys}`, n);
        if (remembered.events <= before) forgettings++;
      }
      expect(forgettings).toBeLessThanOrEqual((20 * CAPACITY) / (CAPACITY / 4));
    }
  });

  it("with few keys forgets each one's older half", () => {
    const remembered = memory();
    for (let n = 0; n <= CAPACITY; n++) add(remembered, n % 2 === 0 ? "a" : "b", n);
    expect(remembered.sequences().map(({ begins }) => begins.length)).toEqual([26, 25]);
  });

  it("standsStill() says whether a key's newest twelve values are all the same", () => {
    const remembered = memory();
    const values = [...Array.from({ length: 11 }, () => 5), 5.5, ...Array.from({ length: 12 }, () => 5)];
    const answers = values.map((value, time) => {
      add(remembered, "a", time, value);
      return remembered.standsStill("a");
    });
    expect(answers.indexOf(true)).toBe(values.length - 1);
    expect(remembered.standsStill("b")).toBe(false);
  });
});
