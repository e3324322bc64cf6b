import { openStoreForReading, type PipelineReader } from "../../src/store/index.js";

/** Looks at what a data directory holds of a pipeline. */
export async function stored<T>(
  data: string,
  pipeline: string,
  look: (reader: PipelineReader) => T,
): Promise<T> {
  const store = openStoreForReading(data);
  try {
    return look(store.pipeline(pipeline));
  } finally {
    await store.close();
  }
}

/** Every key's bytes in a slot of the newest snapshot, as hex digits, with the snapshot's position. */
export function slotBytes(
  data: string,
  pipeline: string,
  slot: string,
): Promise<Record<string, string | number>> {
  return stored(data, pipeline, (reader) => {
    const snapshot = reader.newestSnapshot();
    const entries = snapshot?.entries.filter((entry) => entry.slot === slot) ?? [];
    return {
      position: snapshot?.position ?? 0,
      ...Object.fromEntries(
        entries.map(({ key, bytes }) => [`key ${key}`, Buffer.from(bytes).toString("hex")]),
      ),
    };
  });
}
