export { type Codec, type CodecName, codecOf } from "./codec.js";
export type { FieldKind } from "./field-value.js";
export { readRecording } from "./recording.js";
export type { RecordingRow } from "./recording-row.js";
export type { PayloadRecord } from "./records.js";
export type { Rejection } from "./rejection.js";
export {
  type FieldNeed,
  type MarkTopic,
  type SampleReader,
  type SampleReaderOptions,
  sampleReader,
} from "./sample-reader.js";
export { readWav, type Wav } from "./wav.js";
