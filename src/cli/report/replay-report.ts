import type { StreamEvent } from "../../core/index.js";
import type { LearningReport } from "../../stream/index.js";
import { toldSection } from "./learning-section.js";
import { overviewSection } from "./overview-section.js";
import type { Section } from "./page.js";
import { qualitySection } from "./quality-section.js";
import { Seen } from "./seen.js";
import { alertsSection, keysSection, scoresSection } from "./seen-sections.js";

/** Takes in a replay as it goes, in bounded memory, and makes its sections. */
export class ReplayReport {
  readonly #seen: Seen;
  readonly #told: LearningReport[] = [];

  /** @param steps ahead of the first horizon */
  constructor(targets: readonly string[], steps: number) {
    this.#seen = new Seen(targets, steps);
  }

  /** @param isLabelled by the recording itself; undefined: it has no labels */
  event(event: StreamEvent, isLabelled?: boolean): void {
    const { sample, prediction, change, note, detector } = event;
    if (prediction === undefined || note !== "") {
      this.#seen.note(note);
      return;
    }
    this.#seen.step({ key: sample.key, time: sample.time, prediction, change, detector, isLabelled });
  }

  /** A row that made no event. */
  rejected(reason: string): void {
    this.#seen.note(reason);
  }

  learned(report: LearningReport): void {
    if (report.kind !== "progress" && report.kind !== "collecting") this.#told.push(report);
  }

  sections(): Section[] {
    const seen = this.#seen;
    return [
      overviewSection({ seen, prefix: "" }),
      alertsSection(seen, ""),
      keysSection(seen, ""),
      scoresSection(seen, ""),
      qualitySection(seen, ""),
      toldSection(this.#told, ""),
    ];
  }
}
