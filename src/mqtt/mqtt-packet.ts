import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/**
 * mqtt-packet, on which mqtt.js and aedes rest, makes a buffer of each of 65,536 numbers before it writes the first packet:
 * 6 MB of heap. It can make them as they are needed.
 */
export function makeNumbersWhenNeeded(): void {
  const { writeToStream } = load("mqtt-packet") as { writeToStream: { cacheNumbers: boolean } };
  writeToStream.cacheNumbers = false;
}
