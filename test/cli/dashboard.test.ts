import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eddy, RunningEddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const PIPELINE = "name: p\ninput: { topics: [a/b] }\nfeatures: [v]\n";

describe("eddy run --dashboard", () => {
  const folder = temporaryFolder();
  const pipeline = join(folder, "p.yaml");
  writeFileSync(pipeline, PIPELINE);
  const broker = ["--broker", "mqtt://127.0.0.1:1"];

  it("is wrong use where others could reach it without a password, and says how to give one", async () => {
    const data = join(folder, "open");
    const { code, stderr } = await eddy(
      "run",
      pipeline,
      ...broker,
      "--data",
      data,
      "--dashboard",
      "0.0.0.0:0",
    );
    expect(code).toBe(2);
    expect(stderr).toContain("--dashboard-password-file FILE, or EDDY_DASHBOARD_PASSWORD");
  });

  it("asks for the password that the file holds", async () => {
    const password = join(folder, "password");
    writeFileSync(password, "sesame\n");
    const args = ["--dashboard", "0.0.0.0:0", "--dashboard-password-file", password];
    const running = new RunningEddy(["run", pipeline, ...broker, "--data", join(folder, "kept"), ...args]);
    await running.says(/dashboard: http:\/\/0\.0\.0\.0:\d+/);
    const port = /0\.0\.0\.0:(\d+)/.exec(running.stderr)?.[1];
    const get = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}/api/pipelines`, { headers });
    expect((await get({})).status).toBe(401);
    const authorization = `Basic ${Buffer.from("me:sesame").toString("base64")}`;
    expect((await get({ authorization })).status).toBe(200);
    expect(await running.stop()).toMatchObject({ code: 0 });
  });
});

describe("eddy demo", () => {
  const folder = temporaryFolder();

  it("shows itself in a browser, and says where", async () => {
    const running = new RunningEddy(["demo", "--data", join(folder, "data"), "--dashboard", "127.0.0.1:0"]);
    await running.says(/in a browser: http:\S+/);
    const url = /in a browser: (http:\S+)/.exec(running.stderr)?.[1];
    const page = await (await fetch(`${url}/`)).text();
    expect(page).toContain("<title>Eddy</title>");
    expect(await running.stop()).toMatchObject({ code: 0 });
  });
});
