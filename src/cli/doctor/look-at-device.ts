import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { constrainedMemory } from "node:process";
import { chooseDetectors, keyMemory } from "../../detection/index.js";
import { nativeRuntime } from "../../onnx/index.js";
import { benchStep } from "../bench/step.js";
import { bytesText, type Finding } from "./finding.js";

const MiB = 1024 * 1024;
/** Eddy with a thousand keys, its threads included. */
const NEEDED = 200 * MiB;
/** No box that runs this lives before it. */
const EARLIEST = Date.UTC(2026, 0, 1);

export function lookAtCores(): Finding {
  const cores = availableParallelism();
  const model = cpus()[0]?.model.trim() || process.arch;
  return {
    what: "processor",
    found: `${cores} ${cores === 1 ? "core" : "cores"}, ${model}`,
    verdict: "ok",
    ...(cores === 1 ? { advice: "fine-tuning shares the core with the stream: keep learn.budget low" } : {}),
    values: { cores, model },
  };
}

export function lookAtMemory(): Finding {
  const limit = constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const free = Math.min(freemem(), total);
  const isShort = total < NEEDED;
  return {
    what: "memory",
    found: `${bytesText(total)}, ${bytesText(free)} free`,
    verdict: isShort ? "problem" : free < NEEDED ? "warning" : "ok",
    ...(free < NEEDED ? { advice: `Eddy takes about ${bytesText(NEEDED)}` } : {}),
    values: { totalBytes: total, freeBytes: free },
  };
}

/** Detectors lie in the kernel's memory, which ends here. */
const KERNELS = 4 * 2 ** 30;
/** Signals of a key that is watched as a whole. */
const SEVERAL = 7;

/** How many keys' detectors there is room for, in half of what is free, as pipelines choose them by default. */
export function lookAtKeys(): Finding {
  const free = Math.min(freemem(), constrainedMemory() || Number.POSITIVE_INFINITY);
  const room = Math.min(free / 2, KERNELS);
  const carries = (signals: number) => {
    const auto = chooseDetectors(signals, 1);
    const targets = Array.from({ length: signals }, (_, j) => String(j));
    const usual = { warmUp: 750, alertsPerDay: 1, limits: {}, horizons: [1] };
    return Math.floor(room / keyMemory({ ...auto, ...usual, targets }));
  };
  const [one, several] = [carries(1), carries(SEVERAL)];
  return {
    what: "keys",
    found: `room to watch ${one} keys of one signal, or ${several} of ${SEVERAL}, in half of what is free`,
    verdict: one < 100 ? "warning" : "ok",
    ...(one < 100 ? { advice: "say how many there are: anomaly.keys takes detectors that need less" } : {}),
    values: { keysOfOneSignal: one, keysOfSeveral: several, signals: SEVERAL },
  };
}

export function lookAtClock(now: number): Finding {
  const isSane = now >= EARLIEST;
  return {
    what: "clock",
    found: new Date(now).toISOString(),
    verdict: isSane ? "ok" : "problem",
    ...(isSane ? {} : { advice: "input waits until the clock is set: check the time server" }),
    values: { now: new Date(now).toISOString() },
  };
}

/** How fast a network steps here, measured: GRU of 64 units. */
export async function lookAtKernel(): Promise<Finding> {
  let microseconds = 0;
  await benchStep({
    cells: ["gru"],
    hidden: [64],
    inputs: 8,
    batches: [1],
    engines: ["kernel"],
    rounds: 5,
    roundMs: 10,
    onResult: (result) => {
      microseconds = result.microseconds;
    },
    onMissing: () => {},
  });
  const perSecond = Math.round(1e6 / microseconds);
  return {
    what: "kernel",
    found: `${microseconds.toFixed(1)} µs a step of a GRU with 64 units: ${perSecond.toLocaleString("en")} steps/s on one core`,
    verdict: "ok",
    values: { microseconds, stepsPerSecond: perSecond },
  };
}

export async function lookAtEngines(): Promise<Finding> {
  const isNative = (await nativeRuntime().catch(() => undefined)) !== undefined;
  return {
    what: "ONNX engines",
    found: `kernel, onnxruntime-web${isNative ? ", onnxruntime-node" : ""}`,
    verdict: "ok",
    ...(isNative
      ? {}
      : { advice: "onnxruntime-node is faster for models that don't fit the kernel; not needed otherwise" }),
    values: { engines: ["kernel", "ort-web", ...(isNative ? ["ort-node"] : [])] },
  };
}
