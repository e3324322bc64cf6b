import { describe, expect, it } from "vitest";
import { Delivery, Rng, type StreamEvent, streamEvent } from "../../../src/core/index.js";
import { VoiceActivity, type VoiceOptions } from "../../../src/features/audio/voice-activity.js";
import { voiceStage } from "../../../src/features/index.js";
import { stateSlotLaws } from "../../conformance/state-slot.js";

const OPTIONS: VoiceOptions = { rateHz: 1000, thresholdDb: 12, openMs: 50, closeMs: 300, leadMs: 100 };

/** Noise, with something loud at [from, to) ms: a sample is a millisecond. */
function recording(lengthMs: number, ...loud: readonly (readonly [number, number])[]): Float64Array {
  const rng = new Rng(1);
  return Float64Array.from({ length: lengthMs }, (_, ms) => {
    const isLoud = loud.some(([from, to]) => ms >= from && ms < to);
    return (isLoud ? 0.2 : 0.005) * rng.normal();
  });
}

/** When it opens and closes, ms, and how much is heard between. */
function heard(samples: Float64Array, packetMs: number): { from: number; to: number; heard: number }[] {
  const voice = new VoiceActivity(OPTIONS);
  const found: { from: number; to: number; heard: number }[] = [];
  for (let at = 0; at < samples.length; at += packetMs) {
    const { opens, closes, samples: own } = voice.step(samples.subarray(at, at + packetMs));
    if (opens) found.push({ from: at, to: Number.NaN, heard: 0 });
    const last = found.at(-1);
    if (last && Number.isNaN(last.to)) last.heard += own.length;
    else expect(own).toHaveLength(0);
    if (closes && last) last.to = at + packetMs;
  }
  return found;
}

describe("VoiceActivity", () => {
  it("opens a sequence when it gets loud, with what came before, and closes it after a pause", () => {
    const found = heard(recording(3000, [1000, 1400], [2000, 2200]), 20);
    expect(found).toHaveLength(2);
    for (const [i, [from, to]] of [
      [1000, 1400],
      [2000, 2200],
    ].entries()) {
      expect(found[i]!.from).toBeGreaterThanOrEqual(from!);
      expect(found[i]!.from).toBeLessThan(from! + 80);
      expect(found[i]!.to).toBeGreaterThanOrEqual(to! + 280);
      expect(found[i]!.to).toBeLessThan(to! + 340);
      expect(found[i]!.heard).toBe(found[i]!.to - found[i]!.from + OPTIONS.leadMs);
    }
  });

  it("does not open for a click, nor for noise that grows slowly", () => {
    expect(heard(recording(2000, [1000, 1020]), 20)).toEqual([]);
    const rng = new Rng(2);
    const rising = Float64Array.from({ length: 20_000 }, (_, ms) => 0.005 * (1 + ms / 5000) * rng.normal());
    expect(heard(rising, 20)).toEqual([]);
  });

  it("makes one sequence of a packet that holds a whole utterance", () => {
    const voice = new VoiceActivity(OPTIONS);
    voice.step(recording(500));
    const { opens, closes, samples } = voice.step(recording(1000, [200, 500]));
    expect([opens, closes, samples.length]).toEqual([true, true, 1100]);
  });
});

stateSlotLaws("voice", {
  makeStage: () => voiceStage({ ...OPTIONS, field: "value" }),
  makeEvents: () => {
    const samples = recording(3000, [400, 900], [1700, 2100]);
    const keys = ["a", "b", "c"].map((key, lane) =>
      Array.from({ length: 150 }, (_, i): StreamEvent => {
        const at = 20 * i + lane;
        const values = { value: samples.slice(at, at + 20) };
        return streamEvent({ key, time: 0, arrival: 0, values });
      }),
    );
    return Array.from({ length: 450 }, (_, i) => keys[i % 3]![Math.floor(i / 3)]!);
  },
  failsAt: "begins",
});

describe("voiceStage()", () => {
  it("lets sequences begin and end with the voice, and nothing be heard between them", () => {
    const samples = recording(2000, [500, 900]);
    const events = Array.from({ length: 20 }, (_, i) =>
      streamEvent({
        key: "a",
        time: 0,
        arrival: 0,
        values: { value: samples.subarray(100 * i, 100 * i + 100) },
      }),
    );
    events[0]!.begins = true;
    const delivery = new Delivery();
    void voiceStage({ ...OPTIONS, field: "value" }).process({
      events,
      requests: [],
      deadLetters: [],
      ledger: [],
      log: [],
      delivery,
    });
    expect(events.flatMap(({ begins }, i) => (begins ? [i] : []))).toEqual([5]);
    expect(events.flatMap(({ ends }, i) => (ends ? [i] : []))).toEqual([11]);
    expect(events.map((event) => event.heard?.length)).toEqual([
      ...[0, 0, 0, 0, 0],
      ...[200, 100, 100, 100, 100, 100, 100],
      ...Array(8).fill(0),
    ]);
  });
});
