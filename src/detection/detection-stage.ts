import {
  type Batch,
  ByteReader,
  KeyedState,
  type Request,
  readLabel,
  type Stage,
  type StreamEvent,
  standing,
} from "../core/index.js";
import { Shared, silenceOptions } from "./ensemble.js";
import { type DetectorOptions, KeyDetector } from "./key-detector.js";
import { LastHeard, SILENCE_SLOT } from "./watches/last-heard.js";

/**
 * The detectors of every key behind one state slot, `detection`; what was heard last of each in another, `silence`, where
 * silence is watched for.
 *
 * @param options or a function that is asked for them when the first key comes
 */
export function detectionStage(options: DetectorOptions | (() => DetectorOptions)): Stage {
  const shared = new Shared();
  const known = () => (typeof options === "function" ? options() : options);
  const detector = () => new KeyDetector(known(), shared);
  const lastHeard = () => new LastHeard(silenceOptions(known().watch ?? { warmUp: 0 }));
  const detectors = new KeyedState<KeyDetector>({
    name: "detection",
    version: 4,
    create: detector,
    write: (detector, to) => detector.write(to),
    read: (from) => detector().read(from),
    release: (detector) => detector.release(),
  });
  const heard = new KeyedState<LastHeard>({
    name: SILENCE_SLOT,
    version: 1,
    create: () => lastHeard(),
    write: (last, to) => last.write(to),
    read: (from) => lastHeard().read(from),
  });
  /** A request tells of a silence: its alert stands at the request's place in the log. */
  const tellSilence = (request: Request): void => {
    const { key, body } = request;
    if (!heard.has(key)) return;
    const silenceMs = new ByteReader(body, "request silence").f64();
    const last = heard.of(key);
    const change = detectors.of(key).silent(key, silenceMs, last);
    if (change) request.alert = { seq: last.seq, time: last.time + silenceMs, change };
  };
  const step = (event: StreamEvent): void => {
    const { key } = event.sample;
    const own = detectors.of(key);
    own.step(event);
    if (own.watchesSilence) own.note(event, heard.of(key));
  };
  const ask = (request: Request): void => {
    const { kind, key, body } = request;
    if (kind === "reset") {
      const before = detectors.of(key);
      detectors.reset(key);
      heard.reset(key);
      if (before.isAlertOpen) detectors.of(key).takeOver(before);
    }
    if (kind === "silence") tellSilence(request);
    if (kind === "label") detectors.of(key).label(readLabel(body));
    if (kind === "mute") {
      const until = new ByteReader(body, "request mute").f64();
      for (const one of key === "" ? [...detectors.keys()] : [key]) detectors.of(one).mute(until);
    }
  };
  return {
    slots: [detectors, heard],
    process(batch: Batch): void {
      for (const request of standing(batch.requests)) ask(request);
      for (const event of batch.events) {
        if (event.note === "") step(event);
      }
    },
  };
}
