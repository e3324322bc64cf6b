import { describe, expect, it } from "vitest";
import { type Fleet, type PumpLine, startFleet, type Timer } from "../../../src/cli/demo/fleet.js";
import { PLANT } from "../../../src/cli/demo/pump.js";
import { ManualClock } from "../../../src/core/index.js";

const START = Date.parse("2026-03-01T12:00:00Z");

/** One timer on a clock that only the test moves. */
function manualTime() {
  const clock = new ManualClock(START);
  let pending: { run: () => void; at: number } | undefined;
  const timer: Timer = (run, ms) => {
    const mine = { run, at: clock.now() + ms };
    pending = mine;
    return () => {
      if (pending === mine) pending = undefined;
    };
  };
  return {
    clock,
    timer,
    get isPending() {
      return pending !== undefined;
    },
    /** Moves the clock on, running what falls due on the way; `late` ms too late each time. */
    async advance(ms: number, late = 0) {
      const end = clock.now() + ms;
      while (pending !== undefined && pending.at + late <= end) {
        const { run, at } = pending;
        pending = undefined;
        clock.advance(Math.max(0, at + late - clock.now()));
        run();
        await settled();
      }
      clock.advance(end - clock.now());
    },
  };
}

/** Lets promises that are fulfilled run their continuations. */
async function settled() {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

/** A broker that takes everything at once, or whose answers the test gives. */
function broker(answer: (pump: string) => Promise<void> = () => Promise.resolve()) {
  const published: { pump: string; topic: string; payload: string }[] = [];
  const closed: string[] = [];
  const connect = async (pump: string): Promise<PumpLine> => ({
    publish(topic, payload) {
      published.push({ pump, topic, payload });
      return answer(pump);
    },
    async close() {
      closed.push(pump);
    },
  });
  return { published, closed, connect };
}

async function start(
  time: ReturnType<typeof manualTime>,
  connect: (pump: string) => Promise<PumpLine>,
): Promise<Fleet> {
  const fleet = await startFleet({
    pumps: PLANT.slice(0, 2),
    hz: 10,
    seed: 1,
    connect,
    clock: time.clock,
    timer: time.timer,
  });
  await settled();
  return fleet;
}

describe("startFleet", () => {
  it("startFleet() publishes every pump's readings over its own connection at the given rate", async () => {
    const time = manualTime();
    const { published, connect } = broker();
    const fleet = await start(time, connect);
    await time.advance(1_950);
    expect(fleet.sent).toBe(40);
    expect(published.filter(({ pump }) => pump === "pump-1")).toHaveLength(20);
    expect(new Set(published.map(({ pump, topic }) => `${pump} ${topic}`))).toEqual(
      new Set(["pump-1 plant/pump-1/telemetry", "pump-2 plant/pump-2/telemetry"]),
    );
    const first: unknown = JSON.parse(published[0]?.payload ?? "");
    expect(first).toEqual({
      ts: "2026-03-01T12:00:00.000Z",
      vibration: expect.any(Number),
      temperature: expect.any(Number),
      load: expect.any(Number),
      rpm: expect.any(Number),
    });
  });

  it("startFleet() keeps its rate when the timer is late every time", async () => {
    const time = manualTime();
    const { published, connect } = broker();
    await start(time, connect);
    await time.advance(10_000, 7);
    expect(published.length / 2).toBe(100);
  });

  it("startFleet() begins anew instead of bursting after a pause", async () => {
    const time = manualTime();
    const { published, connect } = broker();
    await start(time, connect);
    time.clock.advance(60_000);
    await time.advance(1_000);
    expect(published.length / 2).toBeLessThanOrEqual(12);
  });

  it("startFleet() skips the turn of a pump whose last reading is unanswered, and no other's", async () => {
    const time = manualTime();
    const answers: (() => void)[] = [];
    const { published, connect } = broker((pump) =>
      pump === "pump-1" ? new Promise((resolve) => answers.push(resolve)) : Promise.resolve(),
    );
    const fleet = await start(time, connect);
    await time.advance(950);
    expect(published.filter(({ pump }) => pump === "pump-1")).toHaveLength(1);
    expect(published.filter(({ pump }) => pump === "pump-2")).toHaveLength(10);
    expect(fleet.skipped).toBe(9);

    answers[0]?.();
    await settled();
    await time.advance(100);
    expect(published.filter(({ pump }) => pump === "pump-1")).toHaveLength(2);
    expect(fleet.sent).toBe(12);
  });

  it("startFleet() counts what a connection refuses and goes on", async () => {
    const time = manualTime();
    const gone = new Error("offline");
    const fleet = await start(time, broker(() => Promise.reject(gone)).connect);
    await time.advance(450);
    expect(fleet.failed).toBe(10);
    expect(fleet.sent).toBe(0);
    expect(fleet.lastError).toBe(gone);
  });

  it("stop() ends the timer, waits for the answers and then closes every connection", async () => {
    const time = manualTime();
    const answers: (() => void)[] = [];
    const { published, closed, connect } = broker(() => new Promise((resolve) => answers.push(resolve)));
    const fleet = await start(time, connect);
    const stopping = fleet.stop();
    await settled();
    expect(time.isPending).toBe(false);
    expect(closed).toEqual([]);
    for (const answer of answers) answer();
    await stopping;
    expect(closed).toEqual(["pump-1", "pump-2"]);
    expect(fleet.sent).toBe(published.length);
  });

  it("startFleet() tells of a fault before the reading it spoils is sent, and when it is over", async () => {
    const time = manualTime();
    const { published, connect } = broker();
    const told: { pump: string; kind: string | undefined; time: number; sent: number }[] = [];
    await startFleet({
      pumps: PLANT,
      hz: 10,
      seed: 2,
      connect,
      clock: time.clock,
      timer: time.timer,
      faults: { quietSeconds: 5, everySeconds: [15, 25] },
      onFault: (pump, fault, at) => {
        const sent = published.filter((message) => message.pump === pump).length;
        told.push({ pump, kind: fault?.kind, time: at, sent });
      },
    });
    await settled();
    await time.advance(20_000);
    const [begin, end] = told;
    expect(begin?.kind).toBeDefined();
    expect(begin?.time).toBeGreaterThanOrEqual(START + 5_000);
    expect(begin?.sent).toBe(((begin?.time ?? 0) - START) / 100);
    expect(end).toMatchObject({ pump: begin?.pump, kind: undefined });
  });

  it("startFleet() closes what it had opened when one connection fails", async () => {
    const { closed, connect } = broker();
    const time = manualTime();
    const refused = new Error("refused");
    const failing = (pump: string) => (pump === "pump-2" ? Promise.reject(refused) : connect(pump));
    await expect(start(time, failing)).rejects.toBe(refused);
    expect(closed).toEqual(["pump-1"]);
    expect(time.isPending).toBe(false);
  });

  it("startFleet() rejects a rate that is none", async () => {
    const { connect } = broker();
    for (const hz of [0, -1, Number.NaN, 1001]) {
      await expect(
        startFleet({ pumps: PLANT, hz, seed: 1, connect, clock: new ManualClock() }),
      ).rejects.toThrow(expect.objectContaining({ code: "BAD_RATE" }));
    }
  });
});
