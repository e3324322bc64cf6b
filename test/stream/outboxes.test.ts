import { describe, expect, it, onTestFinished } from "vitest";
import { type Connection, type OnPublished, topicsOf } from "../../src/mqtt/index.js";
import { openStore } from "../../src/store/index.js";
import { Outboxes } from "../../src/stream/index.js";
import { alertChange, commitOf, event, events, newDirectory } from "../store/rows.js";

/** So many predictions are out and not answered at most. */
const WINDOW = 2048;

describe("Outboxes", () => {
  it("sends an alert before its prediction, also when the prediction is read back before either was offered", async () => {
    const store = openStore(newDirectory(), { durability: "none" });
    onTestFinished(() => store.close());
    const pipeline = store.pipeline("p");
    await pipeline.commit(events(1, WINDOW));
    const sent: string[] = [];
    const answers: OnPublished[] = [];
    const connection: Pick<Connection, "send"> = {
      send: ({ eddyId = "" }, onPublished) => {
        sent.push(eddyId);
        answers.push(onPublished);
      },
    };
    const outboxes = new Outboxes({
      messages: {
        pipeline: "p",
        topics: topicsOf("eddy", "p"),
        targets: ["rms"],
        qos: 1,
        expirySeconds: 60,
      },
      connection: connection as Connection,
      store: pipeline,
      output: { predictions: true, alerts: true },
      onWarning: () => {},
    });
    outboxes.online();
    expect(sent.length).toBe(WINDOW);

    const last = WINDOW + 1;
    await pipeline.commit(commitOf({ events: [event(last, { change: alertChange() })] }));
    answers[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    const key = `k${last % 3}`;
    expect(sent.slice(WINDOW)).toEqual([`p/${key}/${last}/alert/raised`, `p/${key}/${last}/prediction`]);
  });
});
