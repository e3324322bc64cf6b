import { readLineage, storedPipeline } from "../../runtime/index.js";
import type { PipelineReader, StoreReader } from "../../store/index.js";
import { lineageSection } from "./learning-section.js";
import { overviewSection } from "./overview-section.js";
import type { Section } from "./page.js";
import { qualitySection } from "./quality-section.js";
import { readStored } from "./read-stored.js";
import { alertsSection, keysSection, labelsSection, scoresSection } from "./seen-sections.js";

/** Dead letters that are shown. */
const LETTERS = 20;

/** What one pipeline of a data directory has seen, said and learned. */
export async function pipelineSections(
  reader: PipelineReader,
  prefix: string,
  onProgress: (rows: number) => void,
): Promise<{ readonly sections: Section[]; readonly events: number; readonly alerts: number }> {
  const identity = reader.recorded;
  const pipeline = identity && storedPipeline(identity);
  const shape = { targets: pipeline?.targets ?? [], steps: pipeline?.model.horizons[0] ?? 1 };
  const seen = await readStored(reader, shape, onProgress);
  const lineage = readLineage(reader);
  const { noted, deadLetters: letters } = reader.counts();
  const newest = reader.deadLetters(Math.max(0, letters - LETTERS), LETTERS).reverse();
  const model = lineage.service?.checkpoint?.model;
  const deadLetters = { count: letters, newest };
  const sections = [
    overviewSection({ seen, prefix, noted, deadLetters, model }),
    alertsSection(seen, prefix),
    ...labelsSection(seen.labels, prefix),
    keysSection(seen, prefix),
    scoresSection(seen, prefix),
    qualitySection(seen, prefix),
    lineageSection(lineage, prefix),
  ];
  return { sections, events: seen.events, alerts: seen.closeUps.count };
}

/**
 * Of every pipeline of a data directory, or of one; several get their names before the titles.
 *
 * @throws RangeError code `NO_SUCH_PIPELINE`
 */
export async function dataSections(
  store: StoreReader,
  name: string | undefined,
  onProgress: (rows: number) => void,
): Promise<{ readonly sections: Section[]; readonly events: number; readonly alerts: number }> {
  const names = name === undefined ? store.pipelines().map((one) => one.name) : [name];
  const all = { sections: [] as Section[], events: 0, alerts: 0 };
  for (const [i, own] of names.entries()) {
    const before = all.events;
    const found = await pipelineSections(store.pipeline(own), names.length > 1 ? `p${i + 1}-` : "", (rows) =>
      onProgress(before + rows),
    );
    all.events += found.events;
    all.alerts += found.alerts;
    all.sections.push(
      ...found.sections.map((one) => (names.length > 1 ? { ...one, title: `${own}: ${one.title}` } : one)),
    );
  }
  return all;
}
