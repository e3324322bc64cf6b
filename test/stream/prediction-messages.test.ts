import fc from "fast-check";
import { expect, it } from "vitest";
import { formatTime, type Prediction } from "../../src/core/index.js";
import { topicsOf } from "../../src/mqtt/index.js";
import { PredictionMessages } from "../../src/stream/prediction-messages.js";

const number = fc.oneof(fc.double(), fc.constant(null));
const target = fc.record({
  value: fc.double(),
  forecast: number,
  lower: number,
  upper: number,
  residual: number,
});
const ahead = fc.record({ steps: fc.nat(99), forecast: fc.double(), lower: number, upper: number });

it("PredictionMessages writes what JSON.stringify would, whatever the names and numbers", () => {
  const row = fc.record({
    key: fc.string({ unit: "grapheme", minLength: 1 }),
    seq: fc.nat(),
    position: fc.nat(),
    time: fc.integer({ min: 0, max: 4e12 }),
    names: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
    targets: fc.tuple(target, target, target),
    next: fc.tuple(ahead, ahead, ahead),
    score: number,
    alert: fc.boolean(),
    model: fc.string(),
  });
  fc.assert(
    fc.property(row, ({ names, targets, next, score, alert, model, ...of }) => {
      const topics = topicsOf("eddy", "p");
      const messages = new PredictionMessages({
        pipeline: "p",
        topics,
        targets: names,
        qos: 1,
        expirySeconds: 9,
      });
      const own = targets.slice(0, names.length);
      const steps = next.map((one) => ({ ...one, steps: next[0].steps })).slice(0, names.length);
      const prediction: Prediction = { targets: own, next: steps.map((one) => [one]), score, alert, model };
      const { topic, payload, eddyId } = messages.of({ ...of, prediction });
      const per = <T>(all: readonly T[], pick: (one: T) => number | null) =>
        names.length === 1
          ? pick(all[0]!)
          : Object.fromEntries(names.map((name, i) => [name, pick(all[i]!)] as const));
      const expected = {
        id: `p/${of.key}/${of.seq}/prediction`,
        time: formatTime(of.time),
        key: of.key,
        value: per(own, (one) => one.value),
        forecast: per(own, (one) => one.forecast),
        lower: per(own, (one) => one.lower),
        upper: per(own, (one) => one.upper),
        score,
        alert,
        model,
        seq: of.seq,
        position: of.position,
        next: [
          {
            steps: next[0].steps,
            forecast: per(steps, (one) => one.forecast),
            lower: per(steps, (one) => one.lower),
            upper: per(steps, (one) => one.upper),
          },
        ],
      };
      const bytes = payload instanceof Uint8Array ? payload : new TextEncoder().encode(payload);
      // Parsed: an object's fields have another order where their names are numbers.
      expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(JSON.parse(JSON.stringify(expected)));
      expect([topic, eddyId]).toEqual([topics.prediction(of.key), expected.id]);
    }),
    { seed: 5, numRuns: 300 },
  );
});

it("PredictionMessages writes what networks of many names infer, in turns, and steps of a sequence", () => {
  const options = {
    pipeline: "p",
    topics: topicsOf("eddy", "p"),
    targets: [],
    qos: 1,
    expirySeconds: 9,
  } as const;
  const messages = new PredictionMessages(options);
  for (let i = 0; i < 200; i++) {
    const inference = { label: `"${i}"`, probability: i / 200 };
    const [model, alert] = [`gru-${i % 40}`, i % 3 === 0];
    const steps = i % 2 === 0 ? [{ seq: i, time: 1000 * i, inference }] : undefined;
    const prediction: Prediction = {
      inference,
      ...(steps ? { steps } : {}),
      targets: [],
      next: [],
      score: null,
      alert,
      model,
    };
    const { payload } = messages.of({ key: "k", seq: i, position: 2 * i, time: 1000 * i, prediction });
    expect(JSON.parse(new TextDecoder().decode(payload as Uint8Array))).toEqual({
      id: `p/k/${i}/prediction`,
      time: formatTime(1000 * i),
      key: "k",
      value: null,
      ...inference,
      score: null,
      alert,
      model,
      seq: i,
      position: 2 * i,
      next: [],
      ...(steps ? { steps: [{ seq: i, time: formatTime(1000 * i), ...inference }] } : {}),
    });
  }
});
