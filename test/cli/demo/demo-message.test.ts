import { describe, expect, it } from "vitest";
import { readEddyMessage } from "../../../src/cli/demo/demo-message.js";

const PREDICTION = {
  id: "demo/pump-1/7/prediction",
  time: "2026-03-01T12:00:00.500Z",
  key: "pump-1",
  value: 3.42,
  forecast: 3.4,
  lower: 3.1,
  upper: 3.7,
  score: 0.02,
  alert: false,
  model: "gru-1",
  seq: 7,
  position: 25,
  next: [{ steps: 1, forecast: 3.45, lower: 3.2, upper: 3.7 }],
};

const ALERT = {
  id: "demo/pump-1/7/alert/raised",
  state: "raised",
  since: "2026-03-01T12:00:00.500Z",
  time: "2026-03-01T12:00:00.500Z",
  key: "pump-1",
  score: 0.8,
  value: 7.9,
  forecast: 3.3,
  why: "vibration 7.9, expected 3.1 to 3.6",
  seq: 7,
};

const read = (topic: string, body: unknown) => readEddyMessage(topic, JSON.stringify(body));

describe("readEddyMessage", () => {
  it("readEddyMessage() reads a prediction", () => {
    expect(read("eddy/demo/pump-1/prediction", PREDICTION)).toEqual({
      kind: "prediction",
      key: "pump-1",
      time: Date.parse("2026-03-01T12:00:00.500Z"),
      value: 3.42,
      score: 0.02,
      alert: false,
      model: "gru-1",
      seq: 7,
      position: 25,
      next: { steps: 1, forecast: 3.45, lower: 3.2, upper: 3.7 },
    });
  });

  it("readEddyMessage() takes what is unknown while warming up as unknown", () => {
    const young = {
      ...PREDICTION,
      score: null,
      next: [{ steps: 1, forecast: 3.45, lower: null, upper: null }],
    };
    expect(read("eddy/demo/pump-1/prediction", young)).toMatchObject({
      score: null,
      next: { forecast: 3.45, lower: null, upper: null },
    });
    expect(read("eddy/demo/pump-1/prediction", { ...PREDICTION, next: [] })).toMatchObject({
      next: undefined,
    });
  });

  it("readEddyMessage() reads an alert, the status and what is learnt", () => {
    const time = Date.parse("2026-03-01T12:00:00.500Z");
    expect(read("eddy/demo/pump-1/alert", ALERT)).toEqual({
      kind: "alert",
      key: "pump-1",
      state: "raised",
      since: time,
      time,
      why: "vibration 7.9, expected 3.1 to 3.6",
      seq: 7,
    });
    expect(read("eddy/demo/status", { state: "degraded", why: "the disk is full" })).toEqual({
      kind: "status",
      state: "degraded",
      why: "the disk is full",
    });
    expect(read("eddy/demo/learning", { kind: "checkpoint", why: "beats naive", model: "gru-2" })).toEqual({
      kind: "learning",
      what: "checkpoint",
      why: "beats naive",
    });
  });

  it("readEddyMessage() passes over what the demo doesn't show", () => {
    expect(readEddyMessage("eddy/demo/pump-1/alert", "")).toBeUndefined();
    expect(readEddyMessage("eddy/demo/pump-1/prediction", "{")).toBeUndefined();
    expect(read("eddy/demo/pump-1/prediction", [PREDICTION])).toBeUndefined();
    expect(read("eddy/demo/pump-1/prediction", { ...PREDICTION, time: "soon" })).toBeUndefined();
    expect(read("eddy/demo/pump-1/prediction", { ...PREDICTION, seq: "7" })).toBeUndefined();
    expect(read("eddy/demo/pump-1/alert", { ...ALERT, state: "panic" })).toBeUndefined();
    expect(read("eddy/demo/dead-letter", { reason: "unreadable" })).toBeUndefined();
  });

  it("readEddyMessage() lets no control character through to the terminal", () => {
    const message = read("eddy/demo/pump-1/alert", { ...ALERT, key: "a\x1b[2Jb", why: "x\ny\u009bz" });
    expect(message).toMatchObject({ key: "a?[2Jb", why: "x?y?z" });
  });
});
