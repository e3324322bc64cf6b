import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { describe, expect, it } from "vitest";
import { lookAround } from "../../src/cli/run/look-around.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { freePort, lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { temporaryFolder } from "../support/temporary.js";

const folder = temporaryFolder();
const pipeline = join(folder, "pump.yaml");
writeFileSync(pipeline, 'name: pump\ninput: { topics: ["plant/+"], key: "{topic[1]}" }\nfeatures: [rms]\n');

const run = (url: string, data: string) =>
  new RunningEddy(["run", pipeline, "--broker", url, "--data", join(folder, data)]);

describe("the usual stumbling blocks", () => {
  it("a broker that isn't there: says what to look at", async () => {
    const running = run(`mqtt://127.0.0.1:${await freePort()}`, "none");
    await running.says(/offline: connect ECONNREFUSED .* \(nothing listens there: is the broker running/);
  });

  it("a recording whose field has another name: says which fields there are", async () => {
    writeFileSync(join(folder, "x.csv"), "ts,RMS\n2026-01-01T00:00:00Z,1\n2026-01-01T00:01:00Z,2\n");
    const { stderr } = await eddy(
      "replay",
      pipeline,
      "--input",
      join(folder, "x.csv"),
      "--output",
      join(folder, "o.csv"),
    );
    expect(stderr).toContain(
      'none of the 2 rows could be used; the first: missing-field: expected a number in field "rms", found none; the payload has "ts", "RMS"',
    );
  });

  describe.skipIf(lacksMosquitto)(`on a real broker${mosquittoHint}`, () => {
    it("a wrong password: says where the right one goes", async () => {
      const file = join(folder, "passwords");
      spawnSync("mosquitto_passwd", ["-c", "-b", file, "eddy", "secret"]);
      const broker = await startMosquitto({ isAnonymousAllowed: false, lines: [`password_file ${file}`] });
      const running = run(broker.url.replace("//", "//eddy:wrong@"), "wrong");
      await running.says(
        /offline: .*[Nn]ot authorized.* \(the broker wants a user name and password, or others/,
      );
      await broker.dispose();
    });

    it("payloads without the field: says what they have; and which topics there are, the most similar first", async () => {
      const broker = await startMosquitto();
      const running = run(broker.url, "field");
      await running.says(/online/);
      const client = await connectAsync(broker.url);
      for (let i = 0; i < 3; i++) await client.publishAsync("plant/7", '{"RMS": 1}', { qos: 1 });
      await running.says(
        /none of the first 3 messages could be used; the last, on plant\/7: missing-field: .* has "RMS"/,
      );
      const publishing = setInterval(() => {
        for (const topic of ["zigbee/lamp", "plants/7", "eddy/pump/x"]) client.publish(topic, "1");
      }, 50);
      const seen = await lookAround({ url: broker.url, wanted: ["plant/+"], base: "eddy" });
      clearInterval(publishing);
      expect(seen).toEqual(["plants/7", "zigbee/lamp"]);
      await client.endAsync();
      await running.stop();
      await broker.dispose();
    });
  });
});
