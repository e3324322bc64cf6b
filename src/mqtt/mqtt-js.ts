import { createRequire } from "node:module";
import { makeNumbersWhenNeeded } from "./mqtt-packet.js";

const load = createRequire(import.meta.url);

/** mqtt.js, loaded when it is first asked for: many commands never talk to a broker, and a small device would wait for it. */
export function mqttJs(): typeof import("mqtt") {
  makeNumbersWhenNeeded();
  return load("mqtt") as typeof import("mqtt");
}
