import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { writeBackup } from "./backup.js";
import { openForWriting } from "./database-file.js";
import { Sweeper } from "./sweeper.js";
import { type TimedChange, Writer } from "./writer.js";
import { failureOf, type ThreadTask, type WriterReply, type WriterRequest } from "./writer-messages.js";

/** Events taken into one transaction at most: bounds how long the first waits for the last. */
const MOST_EVENTS = 10_000;

function eventsOf(request: WriterRequest): number {
  return request.kind === "commit" ? request.rows.events.count : 0;
}

/** All requests that are waiting, `first` included. */
function takeWaiting(port: MessagePort, first: WriterRequest): WriterRequest[] {
  const requests = [first];
  let events = eventsOf(first);
  while (events < MOST_EVENTS) {
    const waiting: { message: WriterRequest } | undefined = receiveMessageOnPort(port);
    if (waiting === undefined) break;
    requests.push(waiting.message);
    events += eventsOf(waiting.message);
  }
  return requests;
}

/** The one that writes: takes whatever waits into a transaction, answers in order, tidies up in between. */
function write(port: MessagePort, task: Extract<ThreadTask, { task: "write" }>): void {
  const { file, durability, retention } = task;
  const reply = (message: WriterReply, blocks: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, blocks);
  const report = (error: unknown): void => reply({ kind: "problem", failure: failureOf(error) });
  const db = openForWriting(file, { durability, limitBytes: retention.bytes });
  const writer = new Writer(db);
  const sweeper = new Sweeper(db, retention, report);
  let now = 0;
  let events = 0;
  let isTidying = false;

  // One step after every transaction, so that a writer that never rests keeps up; while there is more to
  // do, one a turn of the loop: what has come meanwhile goes between two steps.
  const tidy = (): void => {
    if (!db.open) return;
    try {
      const isSweeping = sweeper.step(now, events);
      if (isSweeping) writer.wake();
      const isMore = writer.step() || isSweeping;
      if (isMore && !isTidying) {
        isTidying = true;
        setImmediate(() => {
          isTidying = false;
          tidy();
        });
      }
    } catch (error) {
      report(error);
    }
    events = 0;
  };

  port.on("message", (first: WriterRequest) => {
    const requests = takeWaiting(port, first);
    const outcomes = writer.apply(requests.filter(isChange));
    const failures = requests.map((request) => {
      const error = isChange(request) ? outcomes.shift() : undefined;
      return error ? failureOf(error) : null;
    });
    for (const request of requests) {
      now = request.now;
      events += eventsOf(request);
    }
    const isLast = requests.some(({ kind }) => kind === "close");
    if (isLast) db.close();
    const blocks = requests.flatMap((request) =>
      request.kind === "commit" ? [request.rows.events.numbers.buffer] : [],
    );
    reply({ kind: "outcomes", outcomes: failures, blocks }, blocks);
    if (isLast) port.close();
    else tidy();
  });
}

function isChange(request: WriterRequest): request is TimedChange {
  return request.kind !== "tick" && request.kind !== "close";
}

const port = parentPort;
if (port === null) throw new Error("Cannot run writer-thread by itself: expected a worker thread");
const task: ThreadTask = workerData;
if (task.task === "write") write(port, task);
else port.postMessage(writeBackup(task.file, task.to));
