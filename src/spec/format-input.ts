import { z } from "zod";
import { parseDuration } from "../core/index.js";
import {
  about,
  checkedText,
  duration,
  fieldName,
  keyTemplate,
  listOf,
  oneOf,
  positive,
  size,
  timeZone,
  topicFilter,
} from "./value-types.js";

const MARK_WORDS = "the name of a field, or { topic: FILTER }";
const END_WORDS = "the name of a field, { topic: FILTER } or true";

const markTopic = z.strictObject(
  {
    topic: about(
      topicFilter,
      "Every message on such a topic is a mark, whatever its payload, and nothing else: of the key that `input.key` makes of its topic.",
      { example: "speech/+/end" },
    ),
  },
  "topic: a topic of marks",
);

const CODECS = ["json", "cbor", "text", "senml", "influx", "sparkplug", "float32", "pcm16"] as const;
const CODEC_WORDS = `one of ${CODECS.join(", ")}`;

const codec = z.enum(CODECS, CODEC_WORDS).meta({ title: CODEC_WORDS });

const QOS_WORDS = "1 or 2";

export const inputFormat = z
  .strictObject(
    {
      topics: about(
        listOf(topicFilter, "a list of MQTT topic filters"),
        "What to subscribe to. Filters must not overlap; shared subscriptions ($share) are refused, because a key's events must all come here, in order.",
        { example: ["plant/+/vibration"] },
      ),
      qos: about(
        z
          .xor([z.literal(1, QOS_WORDS), z.literal(2, QOS_WORDS)], QOS_WORDS)
          .meta({ title: QOS_WORDS })
          .default(1),
        "Quality of service of the subscriptions. 1: exact on brokers that keep the session and assign packet ids in turn, as Mosquitto does, or with `id`. 2: exact on any that keeps the session, at twice the packets; publishers have to send at QoS 2 too.",
      ),
      codec: about(
        codec.default("json"),
        "How a payload is read: json and cbor hold an object (or a list of them) whose fields become the sample's, those of inner objects under names such as `ENERGY.Power`; text holds one number, the field `value`; float32 numbers of 4 bytes, little-endian: `value.0`, `value.1`, ... pcm16 audio of 16 bits, little-endian, one channel: the field `value`, from -1 to below 1 (an empty payload has the mark `end`); senml (RFC 8428; its base name is `bn`), influx (line protocol; tags are fields too, and `measurement`) and sparkplug (B; metrics by name) have fields by the names of what was measured, and the field `time`.",
      ),
      key: about(
        keyTemplate.default("default"),
        "Whose state a sample steps. `{topic[N]}` is the topic's level N (from 0), `{FIELD}` a field of the payload, anything else stands as it is.",
        { example: "{topic[1]}" },
      ),
      time: about(
        fieldName.optional(),
        "Field with the event time: ISO 8601, or seconds or milliseconds since 1970.",
        { example: "ts", absent: "time of arrival" },
      ),
      "time-unit": about(
        oneOf(["auto", "iso8601", "s", "ms"]).default("auto"),
        "How the time field is written. `auto` recognizes it.",
      ),
      zone: about(timeZone.default("UTC"), "Time zone of times that name none, and of calendar features.", {
        example: "Europe/Berlin",
      }),
      id: about(
        fieldName.optional(),
        "Field with the event's own number or id, remembered per key: a repeated event is then recognized on any broker, at any QoS.",
        { example: "n", absent: "events are not told apart by an id" },
      ),
      retained: about(
        oneOf(["ignore", "step"]).default("ignore"),
        "What to do with retained messages, which are the broker's memory rather than news.",
      ),
      "max-ahead": about(
        duration.default("1h"),
        "An event whose time is further than this beyond its arrival is a dead letter.",
      ),
      "max-bytes": about(size.default("256KiB"), "A longer payload is a dead letter."),
    },
    "the input: topics, codec, key, ...",
  )
  .meta({ description: "Where samples come from and how they are read." });

const SCHEMES = ["mqtt:", "mqtts:", "ws:", "wss:"];

const brokerUrl = checkedText({
  words: "a broker's URL, such as mqtt://localhost:1883 (schemes mqtt, mqtts, ws, wss)",
  code: "BAD_URL",
  check: (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && SCHEMES.includes(url.protocol) && url.hostname !== "" ? undefined : "";
  },
});

const secret = (words: string) =>
  checkedText({ words, code: "BAD_TEXT", check: (text) => (text === "" ? "not empty" : undefined) });

const filePath = checkedText({
  words: "the path of a file",
  code: "BAD_PATH",
  check: (text) => (text === "" || text.includes("\0") ? "" : undefined),
});

const keepAlive = checkedText({
  words: "whole seconds from 1s to 18h",
  code: "BAD_KEEP_ALIVE",
  check: (text) => {
    try {
      const seconds = parseDuration(text) / 1000;
      return Number.isInteger(seconds) && seconds >= 1 && seconds <= 64_800 ? undefined : "";
    } catch {
      return "";
    }
  },
});

export const brokerFormat = z
  .strictObject(
    {
      url: about(brokerUrl.optional(), "The broker's address.", {
        example: "mqtts://broker.example:8883",
        absent: "the one given with --broker",
      }),
      username: about(secret("a user name").optional(), "Name to log in with.", {
        example: "eddy",
        absent: "none",
      }),
      password: about(
        secret("a password").optional(),
        "Password to log in with. Take it from the environment.",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how the file names a variable
        { example: "${MQTT_PASSWORD}", absent: "none" },
      ),
      "password-file": about(
        filePath.optional(),
        "File whose first line is the password, beside this one; one elsewhere is named by the environment.",
        { example: "password.txt", absent: "none" },
      ),
      ca: about(filePath.optional(), "PEM file with the authorities that may vouch for the broker (TLS).", {
        example: "ca.pem",
        absent: "those that Node knows",
      }),
      cert: about(filePath.optional(), "PEM file with Eddy's own certificate (mTLS); goes with `key`.", {
        example: "eddy.pem",
        absent: "none",
      }),
      key: about(filePath.optional(), "PEM file with the private key of `cert`.", {
        example: "eddy.key",
        absent: "none",
      }),
      "keep-alive": about(
        keepAlive.default("30s"),
        "A broker that is silent for half as long again is away; after as long without a word from Eddy the broker publishes its will.",
      ),
    },
    "the broker: url, username, password, password-file, ca, cert, key, keep-alive",
  )
  .meta({ description: "Which broker, when the command line doesn't say. It decides no result." });

export const sequenceFormat = z
  .strictObject(
    {
      gap: about(duration.optional(), "After a pause longer than this, a key's state starts afresh.", {
        example: "10m",
        absent: "state is carried over any pause",
      }),
      expire: about(
        duration.optional(),
        "A key without an event for so long is gone: its state ends, its retained messages are removed; once `store.retention` has taken its last rows, nothing of it is left. Measured by event time against the newest event of all keys.",
        { example: "30d", absent: "a key is remembered for ever" },
      ),
      start: about(
        z.xor([fieldName, markTopic], MARK_WORDS).meta({ title: MARK_WORDS }).optional(),
        "Field that marks the first event of a sequence, with `true`, `1` or `yes`: the key's state starts afresh. `{ topic: FILTER }`: a message there does.",
        { example: "begin", absent: "after a gap, and after an end" },
      ),
      end: about(
        z
          .xor([fieldName, markTopic, z.literal(true, END_WORDS)], END_WORDS)
          .meta({ title: END_WORDS })
          .optional(),
        "Field that marks the last event of a sequence, alike: the next one begins another. `{ topic: FILTER }`: a message there does. `true`: every event ends one.",
        { example: "end", absent: "sequences have no end" },
      ),
      voice: z
        .strictObject(
          {
            threshold: about(
              positive.default(12),
              "A sequence opens when it gets so much louder than the noise floor, dB.",
            ),
            open: about(duration.default("50ms"), "For so long without a pause."),
            close: about(duration.default("400ms"), "It ends after so long a pause."),
            lead: about(duration.default("200ms"), "So much of what came before it opened is heard too."),
          },
          "voice activity: threshold, open, close, lead",
        )
        .meta({
          description:
            "Sequences of audio begin and end by its loudness, judged once a packet. What lies between them is not heard.",
          "x-absent": "all is heard",
        })
        .optional(),
      late: about(
        oneOf(["step", "drop"]).default("step"),
        "What to do with an event earlier than its key's newest: step it as it comes, or leave it out.",
      ),
    },
    "how events follow each other: gap, expire, start, end, voice, late",
  )
  .meta({ description: "How the events of one key follow each other." });
