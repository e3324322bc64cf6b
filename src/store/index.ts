export { bytesOf, sqliteVersion } from "./database-file.js";
export type { Counts, GonePlace, KeySummary, PipelineReader } from "./pipeline-reader.js";
export type { PipelineStore } from "./pipeline-store.js";
export type {
  AlertRow,
  Commit,
  CommitEvent,
  Cursor,
  DeadLetterRow,
  Durability,
  FoundKey,
  Identity,
  JournalRow,
  OutputRow,
  Page,
  Retention,
  SlotEntry,
  Snapshot,
} from "./records.js";
export { checkDatabase, type SalvagedPipeline, type SalvageReport, salvage } from "./salvage.js";
export type { TableCopy } from "./salvage-table.js";
export { openStore, Store, type StoreOptions } from "./store.js";
export { openStoreForReading, type PipelineEntry, type StoreReader } from "./store-reader.js";
