import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { RunningEddy } from "../support/cli.js";
import {
  freePort,
  lacksMosquitto,
  type Mosquitto,
  mosquittoHint,
  startMosquitto,
} from "../support/mosquitto.js";
import { stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const SECRET = "correct horse battery";

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);

function lacksOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return false;
  } catch {
    return true;
  }
}

/** An authority, a certificate for this machine, and one for Eddy. */
function makeCertificates(): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const request = ["req", "-newkey", "rsa:2048", "-nodes", "-sha256"];
  openssl(...request, "-x509", "-days", "2", "-subj", "/CN=site", "-keyout", "ca.key", "-out", "ca.pem");
  writeFileSync(inFolder("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  for (const name of ["server", "eddy"]) {
    openssl(...request, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-sha256"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...authority, "-extfile", "names", "-out", `${name}.pem`);
  }
}

const pipeline = (name: string, broker: string) => `
name: ${name}
input: { topics: [${name}/level] }
broker: { ${broker} }
features: [value]
model: { hidden: 4, cold-start: { events: 20, lead: 10 } }
`;

const skip = lacksMosquitto || lacksOpenssl();

describe.skipIf(skip)(`eddy run and a broker that asks who comes${mosquittoHint}`, () => {
  let broker: Mosquitto;
  const ports: Record<string, number> = {};
  beforeAll(async () => {
    makeCertificates();
    execFileSync("mosquitto_passwd", ["-b", "-c", inFolder("passwords"), "eddy", SECRET]);
    for (const name of ["tls", "mtls", "ws", "wss"]) ports[name] = await freePort();
    const server = [`certfile ${inFolder("server.pem")}`, `keyfile ${inFolder("server.key")}`];
    const password = ["allow_anonymous false", `password_file ${inFolder("passwords")}`];
    broker = await startMosquitto({
      global: ["per_listener_settings true"],
      lines: [
        ...[`listener ${ports["tls"]} 127.0.0.1`, ...server, ...password],
        ...[`listener ${ports["mtls"]} 127.0.0.1`, ...server, `cafile ${inFolder("ca.pem")}`],
        ...["require_certificate true", "use_identity_as_username true"],
        ...[`listener ${ports["ws"]} 127.0.0.1`, "protocol websockets", ...password],
        ...[`listener ${ports["wss"]} 127.0.0.1`, "protocol websockets", ...server, ...password],
      ],
    });
    writeFileSync(inFolder("password.txt"), `${SECRET}\n`);
  });
  afterAll(() => broker?.dispose());

  it.each([
    ["tls", "mqtts", "username: eddy, password-file: password.txt, ca: ca.pem"],
    ["mtls", "mqtts", "ca: ca.pem, cert: eddy.pem, key: eddy.key"],
    ["ws", "ws", "username: eddy, password-file: password.txt"],
    ["wss", "wss", "username: eddy, password-file: password.txt, ca: ca.pem"],
  ])("comes in by %s, and no secret shows anywhere", async (name, scheme, access) => {
    const url = `${scheme}://127.0.0.1:${ports[name]}`;
    writeFileSync(inFolder(`${name}.yaml`), pipeline(name, `url: "${url}", ${access}`));
    const running = new RunningEddy(["run", inFolder(`${name}.yaml`), "--data", inFolder(name)]);
    await running.says(/online \(MQTT 5\)/);
    const sensor = await connectClient({ url: broker.url });
    await sensor.publish(`${name}/level`, JSON.stringify({ value: 1 }));
    const position = () => stored(inFolder(name), name, (reader) => reader.lastPosition());
    await until(async () => (await position()) === 1, "the event is stored");
    await sensor.close();
    const { code, stdout, stderr } = await running.stop();
    expect(code).toBe(0);
    const said = `${stdout}${stderr}`;
    const kept = ["eddy.sqlite", "eddy.sqlite-wal"].map((file) => {
      try {
        return readFileSync(join(inFolder(name), file), "latin1");
      } catch {
        return "";
      }
    });
    for (const text of [said, ...kept]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain("PRIVATE KEY");
    }
  });

  it("does not come in without, or to a broker that nobody it trusts vouches for, and says why", async () => {
    const url = `mqtts://127.0.0.1:${ports["tls"]}`;
    for (const [name, access, why] of [
      ["stranger", "username: eddy, password: wrong-one, ca: ca.pem", /Not authorized/],
      ["unknown", "username: eddy, password-file: password.txt", /certificate/],
    ] as const) {
      writeFileSync(inFolder(`${name}.yaml`), pipeline(name, `url: "${url}", ${access}`));
      const running = new RunningEddy(["run", inFolder(`${name}.yaml`), "--data", inFolder(name)]);
      await running.says(why);
      const { stderr } = await running.stop();
      expect(stderr).not.toContain("wrong-one");
      expect(stderr).not.toContain(SECRET);
    }
  });

  it("a password that stands in the pipeline reaches neither the data directory nor lint --show", async () => {
    const url = `mqtts://127.0.0.1:${ports["tls"]}`;
    const access = `url: "${url}", username: eddy, password: "${SECRET}", ca: ca.pem`;
    writeFileSync(inFolder("plain.yaml"), pipeline("plain", access));
    const running = new RunningEddy(["run", inFolder("plain.yaml"), "--data", inFolder("plain")]);
    await running.says(/online/);
    await running.stop();
    expect(readFileSync(join(inFolder("plain"), "eddy.sqlite"), "latin1")).not.toContain(SECRET);
    const shown = await new RunningEddy(["lint", "--show", inFolder("plain.yaml")]).finished();
    expect(`${shown.stdout}${shown.stderr}`).not.toContain(SECRET);
  });
});
