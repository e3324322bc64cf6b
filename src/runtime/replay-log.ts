import { problem, type StreamEvent } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";
import { openStoreForReading } from "../store/index.js";
import { type LearningReport, resume, type Trainer } from "../stream/index.js";
import { storedPipeline } from "./identity.js";
import { OutcomeRows, type ReplayRow } from "./replay-rows.js";
import { makeStages } from "./stages.js";

export interface ReplayLogOptions {
  readonly data: string;
  /** Needed where the directory holds several pipelines. */
  readonly name: string | undefined;
  readonly trainer: Trainer;
  readonly onRow: (row: ReplayRow, event: StreamEvent) => void;
  /** Told of the pipeline whose log it is, before the first row. */
  readonly onPipeline?: (pipeline: Pipeline) => void;
  readonly onLearning?: (report: LearningReport) => void;
}

/**
 * Repeats a data directory's log from its oldest snapshot, also while Eddy runs on it: journalled samples
 * through the same stages, networks from the log where they took effect. Changes nothing.
 *
 * @throws Error code `NO_SUCH_PIPELINE`
 */
export async function replayLog(options: ReplayLogOptions): Promise<void> {
  const { data, name, trainer, onRow, onPipeline, onLearning = () => {} } = options;
  const store = openStoreForReading(data);
  try {
    const all = store.pipelines();
    const wanted = all.filter((pipeline) => name === undefined || pipeline.name === name);
    const [only] = wanted;
    if (only?.identity === undefined || wanted.length > 1) {
      throw problem(Error, {
        code: "NO_SUCH_PIPELINE",
        action: "repeat the log of",
        on: data,
        expected: `the name of one of its pipelines (${all.map((pipeline) => pipeline.name).join(", ") || "it has none"})`,
        found: name ?? "none",
      });
    }
    const pipeline = storedPipeline(only.identity);
    onPipeline?.(pipeline);
    const outcomes = new OutcomeRows(pipeline);
    const stages = await makeStages(pipeline, { trainer, fineTunes: true, followsLog: true }, onLearning);
    await resume(
      { stages, store: store.pipeline(only.name) },
      {
        from: "oldest",
        onBatch: ({ events }) => {
          for (const event of events) {
            const { key, time } = event.sample;
            const own = { time: new Date(time).toISOString(), key, position: event.position };
            onRow({ ...own, ...outcomes.row(event) }, event);
          }
        },
      },
    );
  } finally {
    await store.close();
  }
}
