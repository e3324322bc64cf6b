import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort, lacksMosquitto, mosquittoHint } from "../support/mosquitto.js";

const edge = fileURLToPath(new URL("../../edge/", import.meta.url));
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
let directory: string;
let broker: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "eddy-mosquitto-"));
  // Started by root, Mosquitto becomes the user mosquitto before it writes.
  chmodSync(directory, 0o777);
});

afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The shipped configuration with another port and another folder. @returns its path */
function copyOfConfiguration(port: number, change = (text: string) => text): string {
  const shipped = readFileSync(join(edge, "mosquitto.conf"), "utf8");
  const file = join(directory, "mosquitto.conf");
  const own = shipped
    .replace("listener 1883 127.0.0.1", `listener ${port} 127.0.0.1`)
    .replace("persistence_location /var/lib/mosquitto/", `persistence_location ${directory}/`);
  writeFileSync(file, change(own));
  return file;
}

/** Resolves when the broker says that it runs; rejects with its words when it ends instead. */
async function start(configuration: string): Promise<void> {
  const started = spawn("mosquitto", ["-c", configuration], { env, stdio: ["ignore", "ignore", "pipe"] });
  broker = started;
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    started.once("error", reject);
    started.once("exit", (code) => reject(new Error(`mosquitto ended with ${code}: ${said.join("\n")}`)));
    createInterface({ input: started.stderr }).on("line", (line) => {
      said.push(line);
      if (/mosquitto version .* running/.test(line)) resolve();
    });
  });
}

async function stop(): Promise<void> {
  const running = broker;
  broker = undefined;
  if (running === undefined || running.exitCode !== null) return;
  const ended = new Promise((resolve) => running.once("exit", resolve));
  running.kill("SIGTERM");
  await ended;
}

/** Runs a Mosquitto client to its end. @returns what it printed */
function client(command: "mosquitto_pub" | "mosquitto_sub", args: readonly string[], input = ""): string {
  const result = spawnSync(command, args, { env, input, encoding: "utf8", timeout: 30_000 });
  expect(result.stderr).toBe("");
  expect(result.status).toBe(0);
  return result.stdout;
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join("");

describe.skipIf(lacksMosquitto)(`edge/mosquitto.conf${mosquittoHint}`, () => {
  it("queues without loss and in order while a subscriber is away, over a restart of the broker", async () => {
    const port = await freePort();
    const configuration = copyOfConfiguration(port);
    const at = ["-h", "127.0.0.1", "-p", String(port), "-q", "1", "-t", "plant/pump/rms"];
    const session = [...at, "-i", "eddy", "-c"];

    await start(configuration);
    client("mosquitto_sub", [...session, "-E"]);
    client("mosquitto_pub", [...at, "-l"], numbers(0, 2_000));
    await stop();
    await start(configuration);
    client("mosquitto_pub", [...at, "-l"], numbers(2_000, 4_000));

    expect(client("mosquitto_sub", [...session, "-C", "4000", "-W", "20"])).toBe(numbers(0, 4_000));
  });

  it("keeps the access rules of acl.example on a listener of the site", async () => {
    const port = await freePort();
    const site = await freePort();
    const passwords = join(directory, "passwords");
    const acl = join(directory, "acl");
    writeFileSync(acl, readFileSync(join(edge, "acl.example")));
    writeFileSync(passwords, "");
    for (const user of ["eddy", "pump-7", "dashboard", "operator"]) {
      expect(spawnSync("mosquitto_passwd", ["-b", passwords, user, "secret"], { env }).status).toBe(0);
    }
    for (const file of [acl, passwords]) chmodSync(file, 0o644);
    const configuration = copyOfConfiguration(port, (text) =>
      text
        .replace("#listener 8883", `listener ${site} 127.0.0.1`)
        .replace("#allow_anonymous false", "allow_anonymous false")
        .replace("#password_file /etc/mosquitto/passwords", `password_file ${passwords}`)
        .replace("#acl_file /etc/mosquitto/acl", `acl_file ${acl}`),
    );
    await start(configuration);

    const as = (user: string) => [
      "-h",
      "127.0.0.1",
      "-p",
      String(site),
      "-u",
      user,
      "-P",
      "secret",
      "-q",
      "1",
    ];
    client("mosquitto_sub", [...as("eddy"), "-i", "eddy", "-c", "-E", "-t", "plant/#"]);
    const publish = (user: string, topic: string) =>
      spawnSync("mosquitto_pub", [...as(user), "-V", "5", "-t", topic, "-m", `${user} to ${topic}`], { env });
    publish("pump-7", "plant/pump-7/rms");
    publish("pump-7", "plant/pump-8/rms");
    publish("dashboard", "plant/dashboard/x/y");
    publish("operator", "plant/pump-7/rms");
    publish("pump-7", "plant/pump-7/temperature");

    // Everybody may write below the own name, nobody elsewhere.
    const session = [...as("eddy"), "-i", "eddy", "-c", "-t", "plant/#"];
    expect(
      client("mosquitto_sub", [...session, "-C", "3", "-W", "20"])
        .trim()
        .split("\n"),
    ).toEqual([
      "pump-7 to plant/pump-7/rms",
      "dashboard to plant/dashboard/x/y",
      "pump-7 to plant/pump-7/temperature",
    ]);
    const stranger = ["-h", "127.0.0.1", "-p", String(site), "-t", "plant/x", "-m", "1"];
    expect(spawnSync("mosquitto_pub", stranger, { env }).status).not.toBe(0);
  });
});
