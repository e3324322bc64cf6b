import { type Clock, problem, Rng } from "../../core/index.js";
import { type Fault, FaultSchedule, type FaultScheduleOptions } from "./fault.js";
import { Pump, type PumpSpec } from "./pump.js";

/** One pump's own line to the broker. */
export interface PumpLine {
  /** Settles when the broker has it (QoS 1), or rejects when the connection is gone. */
  publish(topic: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

/** Calls `run` once after `ms`; the returned function prevents it. */
export type Timer = (run: () => void, ms: number) => () => void;

export interface FleetOptions {
  readonly pumps: readonly PumpSpec[];
  /** Readings a second and pump, more than 0 and at most 1000. */
  readonly hz: number;
  readonly seed: number;
  /** Opens a pump's connection; called once per pump. */
  readonly connect: (pump: string) => Promise<PumpLine>;
  readonly clock: Clock;
  /** Without it nothing ever goes wrong. */
  readonly faults?: FaultScheduleOptions;
  /** Told before the reading that begins a fault, and (undefined) before the first one after it, is sent. */
  readonly onFault?: (pump: string, fault: Fault | undefined, time: number) => void;
  readonly timer?: Timer;
}

export interface Fleet {
  /** Readings that the broker took. */
  readonly sent: number;
  /** Readings not sent, because the pump's one before was still unanswered. */
  readonly skipped: number;
  /** Readings that a connection refused. */
  readonly failed: number;
  /** Why the newest of them was. */
  readonly lastError: unknown;
  /** No more readings; fulfilled when all that were sent are answered and the connections closed. */
  stop(): Promise<void>;
}

interface Member {
  readonly pump: Pump;
  readonly line: PumpLine;
  readonly topic: string;
  fault: Fault | undefined;
  waiting: Promise<void> | undefined;
}

const systemTimer: Timer = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/**
 * Drives simulated pumps on one timer, each over a connection of its own: `plant/<pump>/telemetry`, JSON.
 * Back-pressure: a pump whose last reading is unanswered skips its turn, so nothing ever piles up.
 *
 * @throws RangeError code `BAD_RATE`; whatever `connect` throws (lines opened until then are closed)
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { hz, clock } = options;
  if (!(hz > 0 && hz <= 1000)) {
    throw problem(RangeError, {
      code: "BAD_RATE",
      action: "start",
      on: "the pumps",
      expected: "a rate of more than 0 and at most 1000 Hz",
      found: String(hz),
    });
  }
  const members = await connectAll(options);
  const schedule =
    options.faults && new FaultSchedule(new Rng(options.seed), members.length, clock.now(), options.faults);
  const timer = options.timer ?? systemTimer;
  const intervalMs = 1000 / hz;
  let sent = 0;
  let skipped = 0;
  let failed = 0;
  let lastError: unknown;

  const send = (member: Member, payload: string): void => {
    if (member.waiting) {
      skipped++;
      return;
    }
    member.waiting = member.line
      .publish(member.topic, payload)
      .then(
        () => {
          sent++;
        },
        (error: unknown) => {
          failed++;
          lastError = error;
        },
      )
      .finally(() => {
        member.waiting = undefined;
      });
  };

  const tick = (time: number): void => {
    const due = schedule?.due(time);
    if (due) members[due.pump]?.pump.begin(due.kind, time);
    for (const member of members) {
      const reading = member.pump.step(time);
      if (member.pump.faultNow !== member.fault) {
        member.fault = member.pump.faultNow;
        options.onFault?.(member.pump.spec.name, member.fault, time);
      }
      send(member, JSON.stringify(reading));
    }
  };

  // Each turn is due an interval after the one before, not after the timer's own lateness. A clock that
  // was set, or a machine that slept, begins a new count instead of a burst.
  let due = clock.now();
  let cancel = (): void => {};
  const turn = (): void => {
    const now = clock.now();
    tick(now);
    due += intervalMs;
    if (Math.abs(due - now) > 5 * intervalMs + 50) due = now + intervalMs;
    cancel = timer(turn, Math.max(0, due - clock.now()));
  };
  turn();

  return {
    get sent() {
      return sent;
    },
    get skipped() {
      return skipped;
    },
    get failed() {
      return failed;
    },
    get lastError() {
      return lastError;
    },
    async stop() {
      cancel();
      await Promise.all(members.map(({ waiting }) => waiting));
      await Promise.all(members.map(({ line }) => line.close()));
    },
  };
}

/** Every pump has random numbers of its own: what one does never changes another. */
async function connectAll(options: FleetOptions): Promise<Member[]> {
  const lines = await Promise.allSettled(options.pumps.map(({ name }) => options.connect(name)));
  const broken = lines.find((line) => line.status === "rejected");
  if (broken) {
    const opened = lines.filter((line) => line.status === "fulfilled");
    await Promise.allSettled(opened.map(({ value }) => value.close()));
    throw broken.reason;
  }
  return options.pumps.flatMap((spec, index) => {
    const line = lines[index];
    if (line?.status !== "fulfilled") return [];
    const pump = new Pump(spec, new Rng(options.seed + 1 + index));
    const topic = `plant/${spec.name}/telemetry`;
    return [{ pump, line: line.value, topic, fault: undefined, waiting: undefined }];
  });
}
