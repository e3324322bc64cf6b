import { KernelModel } from "../cells/index.js";
import {
  type Batch,
  ByteReader,
  ByteWriter,
  type EventSteps,
  KeyedState,
  type LogEntry,
  type Request,
  type Stage,
  type StateSlot,
  type StreamEvent,
  standing,
  stepEvent,
} from "../core/index.js";
import { forecasterFromBytes, forecasterGraph } from "../training/index.js";
import { HiddenStates } from "./hidden-states.js";
import type { LearningOptions } from "./learning-options.js";
import { RecentInputs } from "./recent-inputs.js";
import { StarterStates } from "./starter-states.js";
import { StepRows } from "./step-rows.js";
import { StreamLearner } from "./stream-learner.js";

/**
 * Steps the pipeline's own network, which its learner makes and looks after (see `StreamLearner`); until there is
 * one the best of simple rules forecasts, under its own name (see `Starter`). What comes into service, and when, stands in the log, and comes from
 * there when the journal is stepped again.
 *
 * Re-warming is lazy: under new weights a key steps its last 64 inputs at its next event.
 *
 * It learns from what the stages behind it found of an event (an open alert is no teacher), and so leads each event
 * through them before it steps the next: how events are batched changes nothing. Once it no longer learns, a batch goes
 * through stage by stage.
 *
 * Slots: `hidden` (per key), `inputs` (per key, the newest ones), `starter` (per key), `learner` (the network in service, what it is
 * trained on, what is under way),
 * and those of the stages behind it.
 */
export class LearningCellsStage implements Stage {
  readonly slots: readonly StateSlot[];
  beforeAllChange: (() => void) | undefined;
  readonly #learner: StreamLearner;
  readonly #hidden = new HiddenStates();
  readonly #recent: KeyedState<RecentInputs>;
  readonly #behind: readonly Stage[];
  readonly #starter: StarterStates;
  #network: KernelModel | undefined;
  /** Of the network. */
  #rows: StepRows | undefined;
  /** Entries of the log still to come while the journal is stepped again. */
  #recorded: LogEntry[] = [];

  /** @param behind stages whose findings it learns from; they are given the learner, to tell it */
  constructor(options: LearningOptions, behind: (learner: StreamLearner) => readonly Stage[] = () => []) {
    this.#learner = new StreamLearner(options);
    this.#behind = behind(this.#learner);
    const { shape, horizons } = options;
    const { inputs, targets, seasons = [] } = shape;
    this.#starter = new StarterStates({ inputs, targets, horizons, seasons });
    this.#recent = new KeyedState<RecentInputs>({
      name: "inputs",
      version: 1,
      create: () => new RecentInputs(inputs),
      write: (recent, to) => recent.write(to),
      read: (from) => new RecentInputs(inputs).read(from),
    });
    const others = this.#behind.flatMap(({ slots }) => slots);
    this.slots = [this.#hidden, this.#recent, this.#starter, this.#learnerSlot(), ...others];
  }

  replayLog(entries: readonly LogEntry[]): void {
    this.#recorded = entries.filter(({ slot }) => slot === "learner");
  }

  takeTouched(): Iterable<string> {
    return this.#starter.takeTold();
  }

  process(batch: Batch): void | Promise<void> {
    for (const request of standing(batch.requests)) this.#ask(request);
    const waiting = this.#goOn(batch, [], 0);
    return waiting === undefined
      ? this.#processFrom(batch, 0)
      : waiting.then(() => this.#processFrom(batch, 0));
  }

  /** Hands what was asked, or one event, to the stages behind, from number `first` on. */
  #goOn(batch: Batch, events: readonly StreamEvent[], first: number): void | Promise<void> {
    const part = { ...batch, events, requests: events.length === 0 ? batch.requests : [] };
    for (let i = first; i < this.#behind.length; i++) {
      const waiting = this.#behind[i]?.process(part);
      if (waiting !== undefined) return waiting.then(() => this.#goOn(batch, events, i + 1));
    }
  }

  #ask(request: Request): void {
    const before = this.#learner.service;
    if (request.kind === "reset") this.#forget(request.key);
    request.refusal = this.#learner.ask(request);
    if (this.#learner.service !== before) this.#exchange();
  }

  /** No event of the batch can bring another network into service, nor does the log. */
  #isSettled({ events }: Batch): boolean {
    const [recorded] = this.#recorded;
    const last = events.at(-1)?.position ?? 0;
    return this.#learner.isSettled && (recorded === undefined || recorded.position > last);
  }

  /** All events from number `first` on, before the stages behind get any. */
  #processTogether(batch: Batch, first: number): void | Promise<void> {
    const events = first === 0 ? batch.events : batch.events.slice(first);
    for (const event of events) void stepEvent(batch, event, this.#steps);
    this.#rows?.flush();
    const seen = events.filter(isForTheStagesBehind);
    return seen.length === 0 ? undefined : this.#goOn(batch, seen, 0);
  }

  #processFrom(batch: Batch, first: number): void | Promise<void> {
    if (this.#isSettled(batch)) return this.#processTogether(batch, first);
    for (let i = first; i < batch.events.length; i++) {
      const event = batch.events[i];
      if (event === undefined) continue;
      const decision = this.#learner.decisionBefore(event.position, this.#recorded[0], batch.isCommitted);
      if (decision instanceof Promise) {
        return decision.then((entry) => {
          this.#take(entry, batch);
          return this.#processFrom(batch, i);
        });
      }
      if (decision) this.#take(decision, batch);
      // Its own part never waits.
      void stepEvent(batch, event, this.#steps);
      this.#rows?.flush();
      if (!isForTheStagesBehind(event)) continue;
      const waiting = this.#goOn(batch, [event], 0);
      if (waiting !== undefined) {
        return waiting.then(() => {
          if (event.note === "") this.#learner.learn(event);
          return this.#processFrom(batch, i + 1);
        });
      }
      if (event.note === "") this.#learner.learn(event);
    }
  }

  readonly #steps: EventSteps = {
    stage: "cells",
    step: (event) => {
      if (event.input !== undefined) this.#step(event, event.input);
    },
    forget: (key) => this.#forget(key),
    begin: (key) => this.#forget(key),
  };

  #forget(key: string): void {
    this.#rows?.flush();
    this.#hidden.reset(key);
    this.#recent.reset(key);
    this.#starter.reset(key);
  }

  /** Lets a decision take effect; a new one goes into the log with the batch. */
  #take(entry: LogEntry, batch: Batch): void {
    if (this.#recorded[0] === entry) this.#recorded.shift();
    else batch.log.push(entry);
    const before = this.#learner.service;
    this.#learner.take(entry, new ByteReader(entry.body, `log entry at position ${entry.position}`));
    if (this.#learner.service !== before) this.#exchange();
  }

  /** Every key warms up anew, under the network that is in service now. */
  #exchange(): void {
    this.beforeAllChange?.();
    this.#hidden.clear();
    this.#serve();
    this.#starter.renew(this.#network === undefined ? this.#learner.recall() : []);
  }

  #serve(): void {
    const { model, bytes } = this.#learner.service;
    this.#network =
      bytes.length === 0
        ? undefined
        : new KernelModel(forecasterGraph(forecasterFromBytes(bytes, model)), model);
    this.#rows = this.#network && new StepRows(this.#network);
    this.#hidden.serve(this.#network);
  }

  #step(event: StreamEvent, input: Float64Array): void {
    const { key } = event.sample;
    const recent = this.#recent.of(key);
    recent.remember(input, event.begins);
    event.model = this.#learner.service.model;
    const [network, rows] = [this.#network, this.#rows];
    if (network === undefined || rows === undefined) {
      this.#start(event, input);
      return;
    }
    const isWarm = this.#hidden.has(key);
    const slot = this.#hidden.of(key);
    if (event.begins) {
      if (rows.holds(slot)) rows.flush();
      network.resetState(slot);
    } else if (!isWarm) {
      const unused = new Float64Array(network.outputs);
      for (const earlier of recent.earlier()) network.stepSlot(unused, slot, earlier);
    }
    rows.add(event, slot, input);
  }

  /** By simple rules. */
  #start(event: StreamEvent, x: Float64Array): void {
    const { sample, target: y, scale, begins } = event;
    if (y === undefined || scale === undefined) return;
    event.output = this.#starter.step({ key: sample.key, x, y, scale, begins });
    event.model = this.#starter.starter.name;
  }

  #learnerSlot(): StateSlot {
    return {
      name: "learner",
      version: 5,
      isShared: true,
      keys: () => (this.#learner.isFresh ? [] : [""]),
      save: () => {
        if (this.#learner.isFresh) return undefined;
        const to = new ByteWriter();
        this.#learner.write(to);
        return to.finish();
      },
      restore: (_key, bytes) => {
        const from = new ByteReader(bytes, `state slot "learner"`);
        this.#learner.read(from);
        from.end();
        this.#serve();
      },
      reset: () => {
        this.#learner.forget();
        this.#hidden.clear();
        this.#serve();
      },
    };
  }
}

/** One that was stepped; one that a stage failed at tells of a sequence that it began. */
function isForTheStagesBehind({ note, input }: StreamEvent): boolean {
  return note === "" ? input !== undefined : note === "fault";
}
