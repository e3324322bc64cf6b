import { Command } from "commander";
import { benchSpeech } from "../bench/speech.js";
import { positiveNumber } from "../option-values.js";

/** `eddy bench speech`: how many times real time audio is listened to. */
export function benchSpeechCommand(): Command {
  return new Command("speech")
    .description("how many times faster than real time spoken digits are listened to")
    .option("--seconds <n>", "of audio", positiveNumber, 100)
    .option("--json", "one JSON object, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench speech --seconds 100")
    .action(async ({ seconds, json }: { seconds: number; json?: boolean }) => {
      const result = await benchSpeech(seconds);
      if (json) {
        console.log(JSON.stringify({ type: "result", bench: "speech", ...result }));
        return;
      }
      const { timesRealTime, microsecondsPerPacket, packetMs, spread } = result;
      console.log(
        `${timesRealTime} times real time: ${microsecondsPerPacket} µs of CPU a packet of ${packetMs} ms (spread ${spread})`,
      );
    });
}
