import { z } from "zod";
import { parseDuration } from "../core/index.js";
import { about, baseTopic, checkedText, duration, every, flag, oneOf, size } from "./value-types.js";

const QOS_WORDS = "0 or 1";

export const outputFormat = z
  .strictObject(
    {
      predictions: about(flag.default(true), "Publish a prediction for every accepted event."),
      alerts: about(flag.default(true), "Publish the changes of alerts."),
      "home-assistant": about(
        flag.default(false),
        "Tell Home Assistant of the pipeline and its keys (MQTT discovery), with buttons for what `control.mqtt` takes. See docs/home-assistant.md.",
      ),
      base: about(baseTopic.default("eddy"), "First levels of every topic Eddy publishes on."),
      qos: about(
        z
          .xor([z.literal(0, QOS_WORDS), z.literal(1, QOS_WORDS)], QOS_WORDS)
          .meta({ title: QOS_WORDS })
          .default(1),
        "Quality of service of what is published.",
      ),
      expiry: about(duration.default("1h"), "After this the broker forgets a prediction (MQTT 5)."),
      backlog: about(
        oneOf(["all", "unexpired", "newest"]).default("all"),
        "Which of the predictions that piled up (the broker was away, publishing fell behind) still go out: all, those whose event is younger than `expiry`, or of each key the newest only. Changes of alerts always do.",
      ),
    },
    "what to publish: predictions, alerts, home-assistant, base, qos, expiry, backlog",
  )
  .meta({ description: "What is published, and where." });

const retention = z
  .strictObject(
    {
      age: about(duration.optional(), "Rows older than this may go.", {
        example: "30d",
        absent: "any age is kept",
      }),
      size: about(size.optional(), "The database file stays under this.", {
        example: "2GiB",
        absent: "any size is kept",
      }),
    },
    "how much to keep: age, size",
  )
  .meta({ description: "How much of the past to keep." });

const linger = checkedText({
  words: "a duration from 0s to 1s, such as 200ms",
  code: "BAD_LINGER",
  check: (text) => {
    try {
      const ms = parseDuration(text);
      return ms >= 0 && ms <= 1000 ? undefined : "";
    } catch {
      return "";
    }
  },
});

export const commitFormat = z
  .strictObject(
    {
      linger: about(
        linger.default("0s"),
        "How long an event waits for others to share its commit: fewer flushes wear the disk less, predictions come so much later. At 10 events a second 30 GB a day are written with `0s`, 5 GB with `1s`. 384 waiting events don't wait.",
        { example: "200ms" },
      ),
    },
    "when to commit: linger",
  )
  .meta({ description: "When events are committed. It decides no result." });

export const overloadFormat = about(
  oneOf(["back-pressure", "drop-oldest", "sample", "coalesce"]).default("back-pressure"),
  "What to do when events come faster than this box can step and store them. `back-pressure`: they wait at the broker, none is lost. `drop-oldest`: the oldest waiting ones are left out. `sample`: of each key every fourth is stepped. `coalesce`: of each key the newest. What is left out is acknowledged, counted, and in no journal.",
);

export const storeFormat = z
  .strictObject(
    {
      retention: retention.prefault({}),
      durability: about(
        oneOf(["power-loss", "crash", "none"]).default("power-loss"),
        "What acknowledged events survive: a power cut; a crash of the process but not a power cut; neither.",
      ),
      "snapshot-every": about(every.optional(), "How often the whole state is written down.", {
        example: "10m",
        absent: "Eddy decides",
      }),
      memory: about(
        size.default("192MiB"),
        "About how much memory the states of keys take. Beyond it those of the keys that have been without an event for the longest time are kept in the database until their next.",
      ),
    },
    "how to store: retention, durability, snapshot-every, memory",
  )
  .meta({ description: "How the database keeps things. It decides no result." });

/** What may be asked of a running pipeline. */
export const REQUESTS = [
  "state",
  "model",
  "reset",
  "label",
  "mute",
  "sensitivity",
  "tune",
  "promote",
  "rollback",
] as const;
const REQUESTS_WORDS = `a list of ${REQUESTS.join(", ")}`;

export const controlFormat = z
  .strictObject(
    {
      mqtt: about(
        z.array(oneOf(REQUESTS), REQUESTS_WORDS).default([]).meta({ title: REQUESTS_WORDS }),
        "Commands taken from `BASE/PIPELINE/request/COMMAND`. Whoever may publish there may ask: see the broker's access rules in edge/.",
        { example: ["label", "tune"] },
      ),
    },
    "what may be asked over MQTT: mqtt",
  )
  .meta({
    description:
      "Requests over MQTT, switched on one by one. The local socket takes all. It decides no result.",
  });

const KEY_WORDS = "an ed25519 public key: 44 characters of base64, as eddy model sign prints it";

const publicKey = checkedText({
  words: KEY_WORDS,
  code: "BAD_KEY",
  check: (text) => (Buffer.from(text, "base64").length === 32 && text.length === 44 ? undefined : ""),
  pattern: "^[A-Za-z0-9+/]{43}=$",
});

export const modelsFormat = z
  .strictObject(
    {
      "require-signature": about(
        z
          .array(publicKey, `a list, each ${KEY_WORDS}`)
          .default([])
          .meta({ title: `a list, each ${KEY_WORDS}` }),
        "A model file is run only if one of these keys has signed it (`eddy model sign`).",
        { example: ["GZf0o5h1tX0X0vU5o1o0v0l0m0q0Yb1s2fJ3kH4aT5E="] },
      ),
    },
    "which model files may be run: require-signature",
  )
  .meta({ description: "Which model files may be run." });
