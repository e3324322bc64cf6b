import { Command, InvalidArgumentError } from "commander";
import { parseDuration } from "../../core/index.js";
import { connectClient } from "../../mqtt/index.js";
import { PACKET_MS, publishRecording } from "../../runtime/index.js";
import { positiveNumber } from "../option-values.js";
import { progress } from "../progress.js";
import { untilStopped } from "../until-stopped.js";

interface PublishCommandOptions {
  readonly topic?: string;
  readonly broker?: string;
  readonly username?: string;
  readonly speed: number;
  readonly time?: string;
  readonly packet: number;
  readonly json?: boolean;
}

const DEFAULT_BROKER = "mqtt://localhost:1883";

/** `eddy publish`: a recorded file to a broker, as whatever recorded it would send it. */
export function publishCommand(): Command {
  return new Command("publish")
    .description("send a recorded file to a broker, in real time or faster: WAV, CSV or NDJSON")
    .argument("<file>", "WAV (16 bits, one channel), CSV with a header, or NDJSON")
    .option("--topic <topic>", "where it goes; a row's column topic goes before it")
    .option(
      "--broker <url>",
      `broker (default: EDDY_BROKER, or ${DEFAULT_BROKER}); its password: EDDY_BROKER_PASSWORD`,
    )
    .option("--username <name>", "name to log in with")
    .option("--speed <times>", "so many times as fast as it was recorded, or max", speed, 1)
    .option("--time <field>", "of CSV and NDJSON: field with the time (default: a row a second)")
    .option("--packet <duration>", "of WAV: how long a packet is", milliseconds, PACKET_MS)
    .option("--json", "end with one JSON object for machines")
    .addHelpText(
      "after",
      "\nA WAV file goes out as packets of codec pcm16, then an empty one, which ends the sequence; a row as a JSON object." +
        "\nExamples:\n  eddy publish three.wav --topic speech/desk/audio" +
        "\n  eddy publish last-week.csv --topic plant/pump-3/vibration --time ts --speed 600",
    )
    .action(run);
}

async function run(file: string, options: PublishCommandOptions): Promise<void> {
  const url = options.broker ?? process.env["EDDY_BROKER"] ?? DEFAULT_BROKER;
  const password = process.env["EDDY_BROKER_PASSWORD"];
  const client = await connectClient({
    url,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(password === undefined ? {} : { password }),
  }).catch((error: Error) => {
    throw new Error(`Cannot publish to ${url}: expected a broker there, found ${error.message}`);
  });
  const started = performance.now();
  let isStopped = false;
  void untilStopped().then(() => {
    isStopped = true;
  });
  const bar = progress(process.stderr, {
    label: "publish",
    total: undefined,
    unit: "messages",
    silent: options.json ?? false,
  });
  const { topic, time, packet: packetMs } = options;
  try {
    const messages = await publishRecording({
      client,
      file,
      topic,
      speed: options.speed,
      ...(time === undefined ? {} : { time }),
      packetMs,
      isStopped: () => isStopped,
      onSent: (sent) => bar.update(sent),
    });
    const seconds = (performance.now() - started) / 1000;
    bar.done(`${messages} messages, ${seconds.toFixed(1)} s`);
    if (options.json) console.log(JSON.stringify({ type: "result", messages, seconds }));
  } finally {
    await client.close();
  }
}

function speed(text: string): number {
  return text === "max" ? Number.POSITIVE_INFINITY : positiveNumber(text);
}

function milliseconds(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw new InvalidArgumentError("Expected a duration such as 20ms.");
  }
}
