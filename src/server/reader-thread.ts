import { parentPort, workerData } from "node:worker_threads";
import { openStoreForReading } from "../store/index.js";
import type { ReaderAnswer, ReaderRequest } from "./background-reader.js";
import { answerStored } from "./stored-question.js";

/*
 * Reads for the dashboard's pages, on a connection to the database of its own: rows that are read and made to JSON here
 * hold up no event.
 */
const store = openStoreForReading((workerData as { readonly directory: string }).directory);

parentPort?.on("message", async ({ id, pipeline, question }: ReaderRequest) => {
  let answer: ReaderAnswer;
  try {
    answer = { id, json: await answerStored(store.pipeline(pipeline), question) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
