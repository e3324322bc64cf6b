import type { Rng } from "../../src/core/index.js";
import type { DiskFault } from "../support/failing-disk.js";
import type { Rig } from "./rig.js";

/** Something that goes wrong. Fulfilled when it is over; Eddy may have ended by it. */
export type Fault = (rig: Rig, rng: Rng) => Promise<void>;

const HOUR_MS = 3_600_000;

/** Longer than Mosquitto waits for a client whose keep-alive is a second. */
const LONGER_THAN_KEEP_ALIVE_MS = 1_800;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const kill: Fault = async (rig, rng) => {
  await pause(rng.integer(300));
  await rig.eddy?.kill();
};

/** Between the start of the process and the first packets. */
const killAtStart: Fault = async (rig, rng) => {
  await rig.eddy?.kill();
  const started = rig.run();
  await pause(rng.integer(1200));
  await started.kill();
};

/** In the middle of an orderly stop. */
const killWhileStopping: Fault = async (rig, rng) => {
  await pause(rng.integer(200));
  const stopping = rig.eddy?.stop();
  await pause(rng.integer(60));
  await rig.eddy?.kill();
  await stopping;
};

const stop: Fault = async (rig, rng) => {
  await pause(rng.integer(200));
  await rig.eddy?.stop();
};

const broker: Fault = async (rig) => {
  await rig.restartBroker();
};

/** Eddy goes on committing, the broker doesn't hear of it; then the process is gone too. */
const killUnheard: Fault = async (rig, rng) => {
  rig.proxy.holdUplink();
  await pause(rng.integer(250));
  await rig.eddy?.kill();
  rig.proxy.cut();
  rig.proxy.release();
};

const brokerUnheard: Fault = async (rig, rng) => {
  rig.proxy.holdUplink();
  await pause(rng.integer(250));
  await rig.restartBroker();
  rig.proxy.release();
};

function stall(hold: "holdUplink" | "holdDownlink" | "both"): Fault {
  return async (rig, rng) => {
    if (hold !== "holdDownlink") rig.proxy.holdUplink();
    if (hold !== "holdUplink") rig.proxy.holdDownlink();
    await pause(200 + rng.integer(LONGER_THAN_KEEP_ALIVE_MS));
    rig.proxy.release();
  };
}

const reset: Fault = async (rig, rng) => {
  for (let times = 1 + rng.integer(3); times > 0; times--) {
    await pause(rng.integer(150));
    rig.proxy.reset();
  }
};

const cut: Fault = async (rig, rng) => {
  await pause(rng.integer(200));
  rig.proxy.cut();
};

const truncate: Fault = async (rig, rng) => {
  rig.proxy.truncateDownlink(1 + rng.integer(4000));
  await pause(rng.integer(300));
  rig.proxy.truncateUplink(1 + rng.integer(2000));
  await pause(rng.integer(300));
};

const freeze: Fault = async (rig, rng) => {
  const frozen = rig.eddy;
  await pause(rng.integer(100));
  frozen?.freeze();
  await pause(LONGER_THAN_KEEP_ALIVE_MS + rng.integer(500));
  frozen?.thaw();
};

const clock: Fault = async (rig, rng) => {
  for (let times = 1 + rng.integer(2); times > 0; times--) {
    // Never further than a day from the true time in sum.
    const sign = Math.abs(rig.shiftMs) > 12 * HOUR_MS ? -Math.sign(rig.shiftMs) : rng.integer(2) * 2 - 1;
    rig.shiftClock(sign * (1 + rng.integer(11)) * HOUR_MS);
    await pause(rng.integer(150));
  }
};

/** The disk fails for a while, in the middle of the stream; perhaps the process is killed meanwhile. */
function disk(fault: DiskFault): Fault {
  return async (rig, rng) => {
    await pause(rng.integer(150));
    rig.disk?.set(fault);
    await pause(100 + rng.integer(1500));
    if (rng.integer(5) === 0) await rig.eddy?.kill();
    rig.disk?.set("none");
  };
}

const slowDisk: Fault = async (rig, rng) => {
  rig.disk?.set("none", 50);
  await pause(rng.integer(2500));
  rig.disk?.set("none");
};

/** By the name under which they are counted. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  kill,
  "kill at start": killAtStart,
  "kill while stopping": killWhileStopping,
  "kill unheard": killUnheard,
  stop,
  "broker restart": broker,
  "broker restart unheard": brokerUnheard,
  "stall up": stall("holdUplink"),
  "stall down": stall("holdDownlink"),
  "stall both": stall("both"),
  reset,
  cut,
  truncate,
  freeze,
  clock,
  "disk full": disk("full"),
  "disk error": disk("error"),
  "disk read-only": disk("read-only"),
  "slow disk": slowDisk,
};
