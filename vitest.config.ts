import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // Two files at a time: the integration tests start brokers and threads of their own.
    maxWorkers: 2,
  },
});
