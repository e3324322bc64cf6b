import type { LearningReport } from "../stream/index.js";
import type { Log } from "./log.js";

/** Says in the log what a pipeline's learner did; what is under way is left to the status. */
export function logLearning(log: Log, pipeline: string, report: LearningReport): void {
  if (report.kind === "drift") log.info(`${pipeline}: drift: ${report.why}`);
  if (report.kind === "checkpoint")
    log.info(`${pipeline}: network ${report.model} in service: ${report.why}`);
  if (report.kind === "rolled-back") log.warn(`${pipeline}: back to network ${report.model}: ${report.why}`);
  if (report.kind === "retired") log.warn(`${pipeline}: network ${report.model} retired: it ${report.why}`);
  if (report.kind === "rejected") log.info(`${pipeline}: network not taken: ${report.why}`);
  if (report.kind === "training") log.info(`${pipeline}: trains on ${report.events} events`);
}
