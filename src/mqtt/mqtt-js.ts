import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/** mqtt.js, loaded when it is first asked for: many commands never talk to a broker, and a small device would wait for it. */
export function mqttJs(): typeof import("mqtt") {
  return load("mqtt") as typeof import("mqtt");
}
