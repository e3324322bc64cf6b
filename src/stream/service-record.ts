import type { ByteReader, ByteWriter } from "../core/index.js";
import { type Evidence, NO_EVIDENCE, type TendJob, type TendResult } from "../training/index.js";

/** A forecaster with its name: `gru-3`. */
export interface Named {
  readonly model: string;
  /** `forecasterToBytes`; empty: none. */
  readonly bytes: Uint8Array;
}

const NOTHING: Named = { model: "naive", bytes: new Uint8Array(0) };

/** What is in service, what it replaced, who learns beside it, and what is known of how they compare. */
export class ServiceRecord {
  #current = NOTHING;
  /** `NOTHING` if it can't come back. */
  #previous = NOTHING;
  #generation = 0;
  /** `apprenticeToBytes`; empty: it begins as what is in service. */
  #apprentice: Uint8Array = new Uint8Array(0);
  /** Of the apprentice against the current one. */
  #evidence: Evidence = NO_EVIDENCE;
  /** Of the previous one against the current one. */
  #regrets: Evidence = NO_EVIDENCE;

  get current(): Named {
    return this.#current;
  }

  get previous(): Named {
    return this.#previous;
  }

  get isServing(): boolean {
    return this.#current.bytes.length > 0;
  }

  get canReturn(): boolean {
    return this.#previous.bytes.length > 0;
  }

  /** Checkpoints are numbered as they come. */
  get nextNumber(): number {
    return this.#generation + 1;
  }

  /** What `tend` needs of it. */
  get tended(): Pick<TendJob, "service" | "apprentice" | "previous" | "evidence" | "regrets"> {
    return {
      service: this.#current.bytes,
      ...(this.#apprentice.length > 0 ? { apprentice: this.#apprentice } : {}),
      ...(this.canReturn ? { previous: this.#previous.bytes } : {}),
      evidence: this.#evidence,
      regrets: this.#regrets,
    };
  }

  /** What tending has found. */
  learned({ apprentice, evidence, regrets }: Pick<TendResult, "apprentice" | "evidence" | "regrets">): void {
    this.#apprentice = apprentice;
    this.#evidence = evidence;
    this.#regrets = regrets;
  }

  /** A new checkpoint comes into service. */
  promote(named: Named): void {
    this.#generation++;
    this.#put(named);
  }

  /** The one before comes back; there is none before it then. */
  rollBack(named: Named = this.#previous): void {
    this.#current = named;
    this.#previous = NOTHING;
  }

  /** It has become worse than simple rules: nothing serves, until a first network is made anew. */
  retire(): void {
    this.startAgain();
    this.#put(NOTHING);
  }

  /** Somebody asked for this one: what was found so far concerns another. */
  exchange(named: Named): void {
    this.startAgain();
    this.#put(named);
  }

  /** The stream has changed: what was found so far concerns the one before. */
  forgetEvidence(): void {
    this.#evidence = NO_EVIDENCE;
    this.#regrets = NO_EVIDENCE;
  }

  /** Nothing has been learned beside what is in service, and nothing compared. */
  startAgain(): void {
    this.#apprentice = new Uint8Array(0);
    this.forgetEvidence();
  }

  #put(named: Named): void {
    this.#previous = this.#current;
    this.#current = named;
  }

  write(to: ByteWriter): void {
    for (const { model, bytes } of [this.#current, this.#previous]) to.text(model).bytes(bytes);
    to.u32(this.#generation).bytes(this.#apprentice);
    for (const { service, candidate, naive } of [this.#evidence, this.#regrets]) {
      to.f64s(service).f64s(candidate).f64s(naive);
    }
  }

  read(from: ByteReader): this {
    const named = (): Named => ({ model: from.text(), bytes: from.bytes() });
    const evidence = (): Evidence => ({
      service: [...from.f64s()],
      candidate: [...from.f64s()],
      naive: [...from.f64s()],
    });
    this.#current = named();
    this.#previous = named();
    this.#generation = from.u32();
    this.#apprentice = from.bytes();
    this.#evidence = evidence();
    this.#regrets = evidence();
    return this;
  }
}
