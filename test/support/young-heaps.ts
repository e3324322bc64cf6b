import { getHeapSpaceStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import { keepHeapSmall } from "../../src/cli/small-heap.js";

/** Makes much that lives a while; megabytes that what is new then has room in. */
function youngHeap(statistics: typeof getHeapSpaceStatistics): number {
  const kept: object[] = [];
  for (let i = 0; i < 3_000_000; i++) kept[i % 50_000] = { i };
  const space = statistics().find(({ space_name }) => space_name === "new_space");
  return Math.round((space?.space_size ?? 0) / 2 ** 20);
}

/** Writes those of a thread that is given 4 MB, and of this one. */
const THREAD = `
  const { parentPort } = require("node:worker_threads");
  parentPort.postMessage((${youngHeap})(require("node:v8").getHeapSpaceStatistics));
`;
keepHeapSmall();
const thread = new Worker(THREAD, { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 4 } });
thread.on("message", (its: number) => {
  process.stdout.write(JSON.stringify({ thread: its, main: youngHeap(getHeapSpaceStatistics) }));
});
