import { describe, expect, it } from "vitest";
import { ByteReader, ManualClock, type Request, request } from "../../src/core/index.js";
import { type DetectorOptions, detectionStage, readLastHeard } from "../../src/detection/index.js";
import type { PipelineControl } from "../../src/runtime/control/index.js";
import { silentLog } from "../../src/runtime/log.js";
import { SilenceCheck } from "../../src/runtime/silence-check.js";
import type { Page, PipelineReader } from "../../src/store/index.js";
import { batchOf, eventOf } from "../stream/events.js";

const MINUTE = 60_000;
const WARM_UP = 20;

function rig(
  watch: { readonly silenceMs?: number; readonly warmUp?: number; readonly groupMs?: number } = {},
) {
  const options: DetectorOptions = {
    targets: ["v"],
    horizons: [1],
    unit: "step",
    watch: {
      alertsPerDay: 1,
      warmUp: WARM_UP,
      hold: 2,
      detectors: ["silence"],
      rings: { pattern: 1000, novelty: 500 },
      limits: {},
      ...watch,
    },
  };
  const stage = detectionStage(options);
  const clock = new ManualClock(1000 * MINUTE);
  const asked: Request[] = [];
  const control: Pick<PipelineControl, "tell"> = {
    tell: async (parts) => {
      const one = request(parts);
      stage.process({ ...batchOf([]), requests: [one] });
      asked.push(one);
      return { ok: true, command: parts.kind };
    },
  };
  /** What the store has of a key that is not in memory. */
  const away: { page?: Page } = {};
  const store: Pick<PipelineReader, "lookThrough" | "page"> = {
    lookThrough: (at, { due }) => {
      const found = [away.page].flatMap((page) =>
        page && page.due !== null && page.due < due ? [page] : [],
      );
      return { found, at };
    },
    page: () => away.page,
  };
  const check = new SilenceCheck({
    name: "pump",
    control: control as PipelineControl,
    stages: () => [stage],
    store,
    pager: () => ({ isResident: (key) => key !== "away" }),
    clock,
    groupMs: watch.groupMs,
    log: silentLog,
  });
  const counts = new Map<string, number>();
  /** An event of now, whose time is that of its arrival, or another. */
  const hear = (key: string, time = clock.now()) => {
    const seq = (counts.get(key) ?? 0) + 1;
    counts.set(key, seq);
    const event = eventOf(key, time, { v: 7 });
    Object.assign(event.sample, { arrival: clock.now() });
    Object.assign(event, { seq, target: Float64Array.of(7), scale: new Float64Array(1) });
    stage.process(batchOf([event]));
    return event;
  };
  /** So many minutes with an event each, of some keys. */
  const minutes = (count: number, ...keys: string[]) => {
    for (let i = 0; i < count; i++) {
      clock.advance(MINUTE);
      for (const key of keys) hear(key);
    }
  };
  const told = () => asked.map(({ alert }) => [alert?.key, alert?.change.state, alert?.change.why]);
  return { away, stage, clock, check, hear, minutes, asked, told };
}

describe("SilenceCheck", () => {
  it("tells of a key that is not in memory, when it is due", async () => {
    const { away, stage, check, clock, minutes, asked } = rig();
    check.listens(true);
    minutes(30, "away");
    const slot = stage.slots.find(({ name }) => name === "silence") ?? expect.fail("no slot");
    const bytes = slot.save("away") ?? expect.fail("nothing known");
    const { arrival, dueMs } = readLastHeard(new ByteReader(bytes, "test"));
    const entries = [{ slot: slot.name, version: slot.version, key: "away", bytes }];
    away.page = { key: "away", position: 1, heard: 0, due: arrival + dueMs, entries };
    slot.reset("away");
    clock.advance(dueMs);
    await check.check();
    expect(asked).toEqual([]);
    clock.advance(1);
    await check.check();
    expect(asked.map(({ kind, key }) => [kind, key])).toEqual([["silence", "away"]]);
  });

  it("tells of a key that falls silent while another goes on, once, and its next events end that", async () => {
    const { check, clock, hear, minutes, told, asked } = rig();
    check.listens(true);
    minutes(30, "a", "b");
    minutes(12, "b");
    await check.check();
    expect(told()).toEqual([]);
    minutes(2, "b");
    await check.check();
    clock.advance(MINUTE);
    await check.check();
    const why = "nothing came for 14 minutes; longest usual silence before 60 seconds";
    expect(told()).toEqual([["a", "raised", why]]);
    const since = clock.now() - MINUTE;
    expect(asked[0]?.alert).toMatchObject({ seq: 30, time: since, change: { since, value: 7 } });
    const back = [hear("a"), hear("a"), hear("a")].map(({ prediction, change }) => [
      prediction?.alert,
      change?.state,
    ]);
    expect(back.at(-1)).toEqual([false, "cleared"]);
    expect(back[0]?.[0]).toBe(true);
  });

  it("goes by the longest silence that was asked for, from the first event on", async () => {
    const { check, clock, hear, told } = rig({ silenceMs: 2 * MINUTE });
    check.listens(true);
    hear("a");
    clock.advance(2 * MINUTE);
    await check.check();
    expect(told()).toEqual([]);
    clock.advance(1000);
    await check.check();
    expect(told()).toEqual([
      ["a", "raised", expect.stringMatching(/^nothing came for 2 minutes, at most 2 minutes is allowed/)],
    ]);
  });

  it("counts from when the broker was reached: what nobody listened to was not silent", async () => {
    const { check, clock, minutes, told } = rig();
    check.listens(true);
    minutes(30, "a");
    check.listens(false);
    clock.advance(600 * MINUTE);
    await check.check();
    check.listens(true);
    clock.advance(10 * MINUTE);
    await check.check();
    expect(told()).toEqual([]);
    clock.advance(4 * MINUTE);
    await check.check();
    expect(told()).toHaveLength(1);
  });

  it("knows a source that sends a packet of events now and then", async () => {
    const { check, clock, hear, told } = rig({ warmUp: 1000 });
    check.listens(true);
    for (let packet = 0; packet < 10; packet++) {
      clock.advance(10 * MINUTE);
      for (let i = 0; i < 600; i++) hear("a", 1000 * (600 * packet + i));
    }
    clock.advance(29 * MINUTE);
    await check.check();
    expect(told()).toEqual([]);
    clock.advance(2 * MINUTE);
    await check.check();
    expect(told()).toHaveLength(1);
  });

  it("knows what was silent before a restart", async () => {
    const before = rig();
    before.minutes(30, "a");
    const after = rig();
    for (const [i, slot] of before.stage.slots.entries()) {
      const bytes = slot.save("a");
      if (bytes) after.stage.slots[i]?.restore("a", bytes);
    }
    after.clock.advance(30 * MINUTE);
    after.check.listens(true);
    after.clock.advance(14 * MINUTE);
    await after.check.check();
    expect(after.told()).toEqual([["a", "raised", expect.any(String)]]);
  });

  it("waits until alerts are no longer muted, and tells of nobody who was forgotten", async () => {
    const { check, stage, clock, minutes, told } = rig();
    check.listens(true);
    minutes(30, "a", "b");
    stage.process({ ...batchOf([]), requests: [request({ kind: "reset", key: "b" })] });
    const until = new Uint8Array(new Float64Array([clock.now() + 30 * MINUTE]).buffer);
    stage.process({ ...batchOf([]), requests: [request({ kind: "mute", key: "a", body: until })] });
    clock.advance(20 * MINUTE);
    await check.check();
    expect(told()).toEqual([[undefined, undefined, undefined]]);
    await check.check();
    expect(told()).toHaveLength(1);
    clock.advance(11 * MINUTE);
    await check.check();
    expect(told().slice(1)).toEqual([["a", "raised", expect.stringMatching(/^nothing came for 31 minutes/)]]);
  });

  it("tells of those together that fall silent within the time that makes a group", async () => {
    const { check, clock, minutes, told } = rig({ groupMs: 2 * MINUTE });
    check.listens(true);
    minutes(30, "a", "b", "c", "d");
    minutes(1, "b", "c", "d");
    minutes(1, "c", "d");
    minutes(14, "d");
    await check.check();
    expect(told()).toEqual([]);
    clock.advance(2 * MINUTE);
    await check.check();
    expect(told()).toEqual([
      [
        "a",
        "raised",
        expect.stringMatching(/^nothing came for 18 minutes; .*; 3 keys alert together: a, b, c$/),
      ],
    ]);
  });
});
