import { type Prediction, timeTexts } from "../core/index.js";
import type { NumberTemplate } from "../kernel/index.js";
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

/** What stands around the numbers of predictions of one kind. */
interface Around {
  readonly model: string;
  readonly alert: boolean;
  readonly horizons: number;
  /** Inferred values stand in place of forecasts: what comes behind them. */
  readonly isInferred: boolean;
  readonly template: NumberTemplate;
}

/** Keys whose texts are kept. */
const MOST_KEYS = 10_000;
/** Each network has two: with an open alert, and without. */
const MOST_KINDS = 32;

/**
 * Makes the messages of predictions, as the outer contract names them. There is one for every event: their JSON is
 * written as bytes, numbers into what stands around them, without the objects and strings that `JSON.stringify` would
 * make of each.
 */
export class PredictionMessages {
  readonly #options: MessageOptions;
  readonly #json = new TextBytes();
  readonly #keys = new Map<string, KeyTexts>();
  readonly #names: readonly string[];
  readonly #values: NumberTemplate;
  #around: Around[] = [];
  #numbers = new Float64Array(0);

  constructor(options: MessageOptions) {
    this.#options = options;
    this.#names = options.targets.map((name) => JSON.stringify(name));
    this.#values = this.#json.template(this.#parts().text(',"value":').perTarget().text(",").all);
  }

  of({ key, seq, position, time, prediction }: OutputRow): OutboundMessage {
    const { qos, expirySeconds } = this.#options;
    const { inference, steps } = prediction;
    const own = this.#keys.get(key) ?? this.#begin(key);
    const json = this.#json;
    const [second, rest] = timeTexts(time);
    json.text(own.head).number(seq).text('/prediction","time":"').text(second).text(rest);
    json.text('","key":').text(own.quoted);
    const numbers = this.#numbersOf(prediction, seq, position);
    const template = this.#templateOf(prediction);
    if (inference) json.fill(this.#values, numbers).text(fieldsOf(inference));
    json.fill(template, numbers, inference ? 4 * this.#names.length : 0);
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

  /**
   * [4, T] value, forecast, lower, upper; then score, seq, position; then of every horizon its steps, and [3, T] forecast,
   * lower, upper. NaN where there is none.
   */
  #numbersOf({ targets, next, score }: Prediction, seq: number, position: number): Float64Array {
    const T = this.#names.length;
    const horizons = next[0]?.length ?? 0;
    const count = 4 * T + 3 + horizons * (1 + 3 * T);
    if (this.#numbers.length < count) this.#numbers = new Float64Array(count);
    const numbers = this.#numbers;
    for (let t = 0; t < T; t++) {
      const { value, forecast, lower, upper } = targets[t]!;
      numbers[t] = value;
      numbers[T + t] = forecast ?? NaN;
      numbers[2 * T + t] = lower ?? NaN;
      numbers[3 * T + t] = upper ?? NaN;
    }
    let at = 4 * T;
    numbers[at++] = score ?? NaN;
    numbers[at++] = seq;
    numbers[at++] = position;
    for (let h = 0; h < horizons; h++) {
      numbers[at++] = next[0]![h]!.steps;
      for (let t = 0; t < T; t++) {
        const { forecast, lower, upper } = next[t]![h]!;
        numbers[at + t] = forecast;
        numbers[at + T + t] = lower ?? NaN;
        numbers[at + 2 * T + t] = upper ?? NaN;
      }
      at += 3 * T;
    }
    return numbers;
  }

  #templateOf({ inference, model, alert, next }: Prediction): NumberTemplate {
    const isInferred = inference !== undefined;
    const horizons = next[0]?.length ?? 0;
    for (const one of this.#around) {
      if (one.model !== model || one.alert !== alert) continue;
      if (one.horizons === horizons && one.isInferred === isInferred) return one.template;
    }
    if (this.#around.length === MOST_KINDS) this.#json.release(this.#around.shift()!.template);
    const parts = this.#parts();
    if (!isInferred) {
      parts.text(',"value":').perTarget().text(',"forecast":').perTarget();
      parts.text(',"lower":').perTarget().text(',"upper":').perTarget();
    }
    parts
      .text(',"score":')
      .number()
      .text(`,"alert":${alert},"model":${JSON.stringify(model)}`);
    parts.text(',"seq":').number().text(',"position":').number().text(',"next":[');
    for (let h = 0; h < horizons; h++) {
      parts
        .text(h === 0 ? '{"steps":' : ',{"steps":')
        .number()
        .text(',"forecast":')
        .perTarget();
      parts.text(',"lower":').perTarget().text(',"upper":').perTarget().text("}");
    }
    const template = this.#json.template(parts.text("]").all);
    this.#around.push({ model, alert, horizons, isInferred, template });
    return template;
  }

  #parts(): Parts {
    return new Parts(this.#names);
  }
}

/** What stands around the numbers of a text, written down in its order. */
class Parts {
  readonly all = [""];
  readonly #names: readonly string[];

  /** @param names of the targets, as JSON has them */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  text(text: string): this {
    this.all[this.all.length - 1] += text;
    return this;
  }

  number(): this {
    this.all.push("");
    return this;
  }

  /** One number where there is one target, else an object by target name; null without any. */
  perTarget(): this {
    const names = this.#names;
    if (names.length === 0) return this.text("null");
    if (names.length === 1) return this.number();
    for (const [t, name] of names.entries()) this.text(`${t === 0 ? "{" : ","}${name}:`).number();
    return this.text("}");
  }
}

/** The fields of an object, without its braces. */
function fieldsOf(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}
