import { defineConfig } from "vitest/config";

/** Rooms whose tests start no process, broker or thread, and change nothing that belongs to all of a process. */
const PURE = [
  "cells",
  "codecs",
  "core",
  "detection",
  "features",
  "kernel",
  "onnx",
  "spec",
  "stream",
  "training",
];
const pure = PURE.map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // One more than the cores of a small machine: the tests with brokers and processes of their own often wait for them.
    maxWorkers: 3,
    projects: [
      // In the order of their names: what takes long and mostly waits comes first, and leaves no core idle at the end.
      { extends: true, test: { name: "apart", include: ["test/**/*.test.ts"], exclude: pure } },
      // One process for many files: most would take longer to load what they test than to test it.
      { extends: true, test: { name: "together", include: pure, isolate: false } },
    ],
  },
});
