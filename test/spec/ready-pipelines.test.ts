import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lintReport, parsePipeline, show } from "../../src/spec/index.js";

const folder = new URL("../../pipelines/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

describe("pipelines/", () => {
  it("has the ready-made pipelines", () => {
    expect(files).toEqual(
      expect.arrayContaining(
        [
          "demo",
          "machine-temperature",
          "vibration",
          "tasmota",
          "zigbee2mqtt",
          "influx",
          "senml",
          "sparkplug",
          "float32",
        ].map((name) => `${name}.yaml`),
      ),
    );
  });

  it.each(files)("%s has no problems, and carries a test", (file) => {
    const { pipeline, problems } = parsePipeline(readFileSync(new URL(file, folder), "utf8"), { file });
    expect(lintReport(file, problems)).toBe("");
    expect(pipeline?.tests.length).toBeGreaterThan(0);
  });

  it.each(files)("%s is the same when shown with all its defaults", (file) => {
    const { pipeline } = parsePipeline(readFileSync(new URL(file, folder), "utf8"));
    expect(parsePipeline(pipeline === undefined ? "" : show(pipeline)).pipeline).toEqual(pipeline);
  });
});
