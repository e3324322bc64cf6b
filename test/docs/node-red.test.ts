import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { validFilter, validTopic } from "../../src/core/index.js";

interface Node {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly topic?: string;
  readonly broker?: string;
  readonly func?: string;
  readonly outputs?: number;
  readonly rules?: readonly unknown[];
  readonly wires?: readonly (readonly string[])[];
  readonly payload?: string;
  readonly payloadType?: string;
}

const nodes: Node[] = JSON.parse(
  readFileSync(new URL("../../docs/node-red/flow.json", import.meta.url), "utf8"),
);
const byId = new Map(nodes.map((node) => [node.id, node]));
const run = (id: string, payload: unknown) =>
  (new Function("msg", byId.get(id)?.func ?? "") as (msg: object) => { payload: unknown; topic?: string })({
    payload,
  });

describe("docs/node-red/flow.json", () => {
  it("has nodes of Node-RED's own on one tab, with wires that lead somewhere", () => {
    const own = [
      "tab",
      "mqtt-broker",
      "mqtt in",
      "mqtt out",
      "function",
      "switch",
      "rbe",
      "template",
      "debug",
      "inject",
    ];
    expect(byId.size).toBe(nodes.length);
    for (const { type, z, wires = [], outputs, rules } of nodes) {
      expect(own).toContain(type);
      if (type !== "tab" && type !== "mqtt-broker") expect(byId.get(z ?? "")?.type).toBe("tab");
      for (const to of wires.flat()) expect(byId.get(to)?.z).toBe(z);
      if (outputs !== undefined) expect(wires).toHaveLength(outputs);
      if (rules !== undefined) expect(rules).toHaveLength(outputs ?? -1);
    }
  });

  it("listens and publishes where Eddy does", () => {
    for (const { type, topic = "", broker = "" } of nodes.filter(({ type }) => type.startsWith("mqtt "))) {
      expect(byId.get(broker)?.type).toBe("mqtt-broker");
      expect(type === "mqtt in" ? validFilter(topic) : validTopic(topic)).toBe(true);
    }
    expect(nodes.flatMap(({ type, topic }) => (type === "mqtt in" ? [topic] : []))).toEqual([
      "eddy/+/+/prediction",
      "eddy/+/+/alert",
      "eddy/+/status",
    ]);
  });

  it("reads predictions, makes readings that pipelines/vibration.yaml takes, and labels that Eddy takes", () => {
    const prediction = { key: "pump-3", score: 0.02, value: 2.1, next: [{ steps: 1, forecast: 2.11 }] };
    expect(run("score", prediction)).toEqual({
      topic: "pump-3",
      payload: { key: "pump-3", score: 0.02, value: 2.1, next: 2.11 },
    });
    expect(run("score", { ...prediction, next: [] }).payload).toMatchObject({ next: null });
    expect(run("sensor", 1_767_225_600_000).payload).toMatchObject({
      ts: "2026-01-01T00:00:00.000Z",
      temperature: 48,
    });
    expect(JSON.parse(byId.get("false-alarm")?.payload ?? "")).toMatchObject({
      key: "pump-3",
      label: "false-alarm",
    });
  });
});
