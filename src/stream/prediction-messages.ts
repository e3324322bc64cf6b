import { formatTime, type Prediction } from "../core/index.js";
import type { OutboundMessage } from "../mqtt/index.js";
import type { OutputRow } from "../store/index.js";
import { JSON_TYPE, type MessageOptions, stepMessage } from "./messages.js";
import { TextBytes } from "./text-bytes.js";

/** What the messages of a key have in common. */
interface KeyTexts {
  readonly topic: string;
  /** `eddy-id` up to the number of the event. */
  readonly id: string;
  /** JSON up to there. */
  readonly head: string;
  readonly quoted: string;
}

/** Keys whose texts are kept. */
const MOST_KEYS = 10_000;

/**
 * Makes the messages of predictions, as the outer contract names them. There is one for every event: their JSON is
 * written as bytes, piece by piece, without the objects and strings that `JSON.stringify` would make of each.
 */
export class PredictionMessages {
  readonly #options: MessageOptions;
  readonly #json = new TextBytes();
  readonly #keys = new Map<string, KeyTexts>();
  readonly #names: readonly string[];
  #model = { name: "", quoted: '""' };

  constructor(options: MessageOptions) {
    this.#options = options;
    this.#names = options.targets.map((name) => JSON.stringify(name));
  }

  of({ key, seq, position, time, prediction }: OutputRow): OutboundMessage {
    const { qos, expirySeconds } = this.#options;
    const { inference, steps, score, alert, model } = prediction;
    const own = this.#keys.get(key) ?? this.#begin(key);
    if (model !== this.#model.name) this.#model = { name: model, quoted: JSON.stringify(model) };
    const json = this.#json;
    json.text(own.head).number(seq).text('/prediction","time":"').text(formatTime(time));
    json.text('","key":').text(own.quoted).text(',"value":');
    if (this.#names.length === 0) json.text("null");
    else this.#value(prediction);
    json.text(",");
    if (inference) json.text(fieldsOf(inference));
    else this.#forecast(prediction);
    json
      .text(',"score":')
      .number(score)
      .text(alert ? ',"alert":true,"model":' : ',"alert":false,"model":');
    json.text(this.#model.quoted).text(',"seq":').number(seq).text(',"position":').number(position);
    this.#next(prediction);
    if (steps !== undefined) json.text(`,"steps":${JSON.stringify(steps.map(stepMessage))}`);
    json.text("}");
    return {
      topic: own.topic,
      payload: json.finish(),
      qos,
      retain: true,
      expirySeconds,
      contentType: JSON_TYPE,
      eddyId: `${own.id}${seq}/prediction`,
    };
  }

  #begin(key: string): KeyTexts {
    const { pipeline, topics } = this.#options;
    const quoted = JSON.stringify(key);
    const texts = {
      topic: topics.prediction(key),
      id: `${pipeline}/${key}/`,
      head: `{"id":${JSON.stringify(pipeline).slice(0, -1)}/${quoted.slice(1, -1)}/`,
      quoted,
    };
    if (this.#keys.size >= MOST_KEYS) this.#keys.clear();
    this.#keys.set(key, texts);
    return texts;
  }

  #value({ targets }: Prediction): void {
    this.#perTarget((target) => targets[target]?.value ?? null);
  }

  #forecast({ targets }: Prediction): void {
    const json = this.#json;
    json.text('"forecast":');
    this.#perTarget((target) => targets[target]?.forecast ?? null);
    json.text(',"lower":');
    this.#perTarget((target) => targets[target]?.lower ?? null);
    json.text(',"upper":');
    this.#perTarget((target) => targets[target]?.upper ?? null);
  }

  #next({ next }: Prediction): void {
    const json = this.#json;
    json.text(',"next":[');
    const horizons = next[0] ?? [];
    for (let h = 0; h < horizons.length; h++) {
      json
        .text(h === 0 ? '{"steps":' : ',{"steps":')
        .number(horizons[h]?.steps ?? null)
        .text(',"forecast":');
      this.#perTarget((target) => next[target]?.[h]?.forecast ?? null);
      json.text(',"lower":');
      this.#perTarget((target) => next[target]?.[h]?.lower ?? null);
      json.text(',"upper":');
      this.#perTarget((target) => next[target]?.[h]?.upper ?? null);
      json.text("}");
    }
    json.text("]");
  }

  /** One number where there is one target, else an object by target name. */
  #perTarget(pick: (target: number) => number | null): void {
    const [names, json] = [this.#names, this.#json];
    if (names.length === 1) {
      json.number(pick(0));
      return;
    }
    json.text("{");
    for (let target = 0; target < names.length; target++) {
      json
        .text(target === 0 ? "" : ",")
        .text(names[target]!)
        .text(":")
        .number(pick(target));
    }
    json.text("}");
  }
}

/** The fields of an object, without its braces. */
function fieldsOf(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}
