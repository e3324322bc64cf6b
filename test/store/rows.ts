import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AlertChange, Prediction, Sample } from "../../src/core/index.js";
import type { Commit, CommitEvent, Identity, Snapshot } from "../../src/store/index.js";

/** A folder of its own for one test, removed after it. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "eddy-store-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const identity: Identity = { fingerprint: "f1", numerics: "1", spec: '{"name":"pump"}' };

export function sample(position: number, part: Partial<Sample> = {}): Sample {
  return {
    key: `k${position % 3}`,
    time: 1_700_000_000_000 + 1000 * position,
    arrival: 1_700_000_000_500 + 1000 * position,
    values: { rms: position / 7 },
    ...part,
  };
}

export function prediction(position: number, part: Partial<Prediction> = {}): Prediction {
  return {
    targets: [
      {
        value: position / 7,
        forecast: position / 8,
        lower: -1,
        upper: 1e300,
        residual: position / 7 - position / 8,
      },
    ],
    next: [[{ steps: 1, forecast: position / 9, lower: null, upper: 0.1 }]],
    score: 0.25,
    alert: false,
    model: "gru-1",
    ...part,
  };
}

export function event(position: number, part: Partial<CommitEvent> = {}): CommitEvent {
  return {
    position,
    seq: position,
    note: "",
    sample: sample(position),
    prediction: prediction(position),
    change: undefined,
    ...part,
  };
}

export function alertChange(part: Partial<AlertChange> = {}): AlertChange {
  return {
    state: "raised",
    since: 5,
    score: 0.75,
    value: 3,
    forecast: null,
    why: "3 where 1 was due",
    ...part,
  };
}

/** Positions `from` to `to`, both included. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

export function commitOf(part: Partial<Commit> = {}): Commit {
  return { events: [], deadLetters: [], log: [], ledger: [], ...part };
}

/** Plain events at positions `from` to `to`. */
export function events(from: number, to: number, more: Partial<Commit> = {}): Commit {
  return commitOf({ events: range(from, to).map((position) => event(position)), ...more });
}

export function snapshot(position: number, bytes = 16): Snapshot {
  const body = new Uint8Array(bytes).fill(position % 251);
  return {
    position,
    entries: [
      { slot: "cells", version: 1, key: "", bytes: body },
      { slot: "cells", version: 1, key: "k1", bytes: body },
    ],
  };
}
