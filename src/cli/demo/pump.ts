import { exp, type Rng, sin, tanh } from "../../core/index.js";
import type { Fault, FaultKind } from "./fault.js";

/** One pump of the plant. */
export interface PumpSpec {
  /** Its name: the topic level and the key. */
  readonly name: string;
  /** Speed at full load, revolutions per minute. */
  readonly nominalRpm: number;
  /** Vibration at full load and speed, RMS, mm/s. ISO 10816 calls 2 to 4.5 good for this size. */
  readonly vibration: number;
  /** Length of one load cycle (a shift, compressed), s. */
  readonly cycleSeconds: number;
  /** Where in the cycle it stands at time 0, in cycles. */
  readonly phase: number;
  /** Noise of the vibration sensor, as a share of the value. */
  readonly noise: number;
}

/** What a pump's sensors say: the payload. */
export interface PumpReading {
  /** ISO 8601, UTC, milliseconds. */
  readonly ts: string;
  /** RMS velocity, mm/s. */
  readonly vibration: number;
  /** Bearing temperature, °C. */
  readonly temperature: number;
  /** Share of the rated load, 0 to 1. */
  readonly load: number;
  /** Revolutions per minute. */
  readonly rpm: number;
}

/** Time constants, s: rotor and casing answer at once, a bearing warms slowly (compressed like the shifts). */
const VIBRATION_LAG = 0.8;
const TEMPERATURE_LAG = 8;
const WANDER_LAG = 5;
/** Heat balance: degrees above ambient at full load, and per mm/s of vibration. */
const HEAT_OF_LOAD = 20;
const HEAT_OF_VIBRATION = 4;

const WEAR_SECONDS = 8;
const STUCK_SECONDS = 6;
/** At the end of its life a bearing shakes (1 + this) times as much... */
const WEAR_GAIN = 1.6;
/** ...and knocks: its spalls strike irregularly, blows of up to about this share of the value. */
const WEAR_KNOCK = 0.3;

/**
 * A pump that is simulated: its load follows a smooth cycle, the speed a drive that answers the load, the
 * vibration load and speed with a first-order lag, and the bearing's temperature a first-order heat balance,
 * dT/dt = (T_ambient + a load + b vibration - T) / lag.
 *
 * The load cycle hangs on absolute time, so that a plant that is started again goes on where it would be.
 * The same spec, seed, times and faults give the same readings.
 */
export class Pump {
  readonly spec: PumpSpec;
  readonly #rng: Rng;
  #time = Number.NaN;
  #wander = 0;
  #vibration = 0;
  #temperature = 0;
  #fault: Fault | undefined;
  /** Samples left of a spike, and by what it multiplies. */
  #spikeLeft = 0;
  #spikeGain = 1;
  #stuckAt: number | undefined;

  constructor(spec: PumpSpec, rng: Rng) {
    this.spec = spec;
    this.#rng = rng;
  }

  /** The fault that the newest reading was made under: the truth that a detector doesn't know. */
  get faultNow(): Fault | undefined {
    return this.#fault;
  }

  /** From the next reading on; a fault that is still on goes first. */
  begin(kind: FaultKind, time: number): void {
    if (this.#fault !== undefined) return;
    this.#fault = { kind, since: time };
    this.#stuckAt = undefined;
    if (kind === "spike") {
      this.#spikeLeft = this.#rng.uniform() < 0.5 ? 1 : 3;
      this.#spikeGain = 2.5 + 1.5 * this.#rng.uniform();
    }
  }

  /** @param time ms since 1970-01-01T00:00Z, not before the reading before */
  step(time: number): PumpReading {
    const isFirst = Number.isNaN(this.#time);
    const seconds = isFirst ? 0 : (time - this.#time) / 1000;
    this.#time = time;
    this.#endFault(time);

    const load = this.#load(time, seconds);
    const speed = 0.82 + 0.18 * load;
    const wear = this.#wear(time);
    const aim = this.spec.vibration * (0.3 + 0.7 * load) * speed * speed * (1 + WEAR_GAIN * wear);
    this.#vibration = isFirst ? aim : approach(this.#vibration, aim, seconds, VIBRATION_LAG);
    const heat = HEAT_OF_LOAD * load + HEAT_OF_VIBRATION * this.#vibration;
    const balance = ambient(time) + heat;
    this.#temperature = isFirst ? balance : approach(this.#temperature, balance, seconds, TEMPERATURE_LAG);

    const noise = this.spec.noise * this.#rng.normal() + WEAR_KNOCK * wear * Math.abs(this.#rng.normal());
    const measured = this.#vibration * (1 + noise);
    return {
      ts: new Date(time).toISOString(),
      vibration: this.#throughSensor(rounded(Math.max(0.01, measured), 2)),
      temperature: rounded(this.#temperature + 0.04 * this.#rng.normal(), 1),
      load: rounded(load, 3),
      rpm: Math.round(this.spec.nominalRpm * speed + 1.5 * this.#rng.normal()),
    };
  }

  /** A cycle with broad shoulders (working, idling), a faster swing in it, and a little wandering. */
  #load(time: number, seconds: number): number {
    const { cycleSeconds, phase } = this.spec;
    const turn = cycleAngle(time / 1000 / cycleSeconds + phase);
    this.#wander = approach(this.#wander, 0, seconds, WANDER_LAG);
    this.#wander += 0.02 * Math.sqrt(seconds / WANDER_LAG) * this.#rng.normal();
    const load = 0.58 + 0.26 * tanh(1.6 * sin(turn)) + 0.05 * sin(3 * turn + 1) + this.#wander;
    return Math.min(1, Math.max(0, load));
  }

  /** 0 for a sound bearing, growing faster and faster to 1 at the end of its life. */
  #wear(time: number): number {
    if (this.#fault?.kind !== "bearing wear") return 0;
    const share = (time - this.#fault.since) / 1000 / WEAR_SECONDS;
    return share * share;
  }

  /** What the vibration sensor makes of the value. */
  #throughSensor(vibration: number): number {
    if (this.#fault?.kind === "stuck sensor") {
      this.#stuckAt ??= vibration;
      return this.#stuckAt;
    }
    if (this.#fault?.kind === "spike") {
      this.#spikeLeft--;
      return rounded(vibration * this.#spikeGain, 2);
    }
    return vibration;
  }

  /** Bearings are replaced, sensors come loose again, spikes pass. */
  #endFault(time: number): void {
    if (this.#fault === undefined) return;
    const seconds = (time - this.#fault.since) / 1000;
    const isOver = {
      "bearing wear": seconds > WEAR_SECONDS,
      "stuck sensor": seconds > STUCK_SECONDS,
      spike: this.#spikeLeft === 0,
    }[this.#fault.kind];
    if (isOver) this.#fault = undefined;
  }
}

/** The air around: a slow drift of a few degrees, °C. */
function ambient(time: number): number {
  return 21 + 2.5 * sin(cycleAngle(time / 1000 / 420));
}

/** Angle, radians, of a count of cycles: only the fraction matters, and small angles are exact. */
function cycleAngle(cycles: number): number {
  return 2 * Math.PI * (cycles - Math.floor(cycles));
}

/** First-order lag: exact for a constant aim, so that no step is too long. */
function approach(value: number, aim: number, seconds: number, lag: number): number {
  return aim + (value - aim) * exp(-seconds / lag);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Pumps of a small plant, alike but not equal. */
export const PLANT: readonly PumpSpec[] = [
  { name: "pump-1", nominalRpm: 1480, vibration: 3.4, cycleSeconds: 34, phase: 0.1, noise: 0.012 },
  { name: "pump-2", nominalRpm: 1480, vibration: 2.9, cycleSeconds: 41, phase: 0.55, noise: 0.014 },
  { name: "pump-3", nominalRpm: 2950, vibration: 4.2, cycleSeconds: 27, phase: 0.8, noise: 0.016 },
  { name: "pump-4", nominalRpm: 980, vibration: 2.3, cycleSeconds: 52, phase: 0.3, noise: 0.012 },
];
