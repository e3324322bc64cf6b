import { z } from "zod";
import {
  about,
  checkedText,
  duration,
  fieldName,
  finite,
  instant,
  integer,
  listOf,
  oneOf,
  percent,
  positive,
} from "./value-types.js";

const ANOMALY_WORDS =
  "false, or { alerts-per-day, warm-up, hold, detectors, keys, limits, silence, missing, maintenance, group }";

/** What watches, by name. */
export const DETECTORS = [
  "pattern",
  "novelty",
  "novelty-6",
  "level",
  "forecast",
  "reconstruction",
  "stuck",
  "range",
  "silence",
  "missing",
  "together",
] as const;
const DETECTOR_WORDS = `auto, or a list of ${DETECTORS.join(", ")}`;

const limits = z.strictObject(
  {
    min: about(finite.optional(), "The smallest value there can be.", { example: -40, absent: "any" }),
    max: about(finite.optional(), "The largest.", { example: 120, absent: "any" }),
    "per-second": about(positive.optional(), "The largest change a second.", { example: 5, absent: "any" }),
  },
  "what a value can be: min, max, per-second",
);

const missing = z.strictObject(
  {
    every: about(duration.optional(), "How often events come.", { example: "10s", absent: "learned" }),
    most: about(percent.optional(), "The share of them that may be missing.", {
      example: "20%",
      absent: "20%, or twice what was usual",
    }),
  },
  "what may be missing: every, most",
);

/** Days of the week as a pipeline names them; 0 is Sunday. */
export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const MAINTENANCE_WORDS = "{ at, for, days, keys } or { from, to, keys }";
const maintainedKeys = about(listOf(z.string().min(1), "a list of keys").optional(), "Whose it is.", {
  example: ["pump-1"],
  absent: "all keys'",
});

const maintenance = z
  .xor(
    [
      z.strictObject(
        {
          at: about(
            checkedText({
              words: "a time of day, such as 02:30",
              code: "BAD_TIME_OF_DAY",
              check: (text) => (/^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? undefined : ""),
              pattern: "^([01]\\d|2[0-3]):[0-5]\\d$",
            }),
            "When it begins, by the clocks of `input.zone`.",
            { example: "02:30" },
          ),
          for: about(duration, "How long it lasts.", { example: "90m" }),
          days: about(listOf(oneOf(WEEKDAYS), "a list of days").optional(), "On which days it begins.", {
            example: ["sat", "sun"],
            absent: "every day",
          }),
          keys: maintainedKeys,
        },
        MAINTENANCE_WORDS,
      ),
      z.strictObject(
        {
          from: about(instant, "When it begins.", { example: "2026-05-02T06:00:00Z" }),
          to: about(instant, "When it ends.", { example: "2026-05-03T18:00:00Z" }),
          keys: maintainedKeys,
        },
        MAINTENANCE_WORDS,
      ),
    ],
    MAINTENANCE_WORDS,
  )
  .meta({ title: MAINTENANCE_WORDS });

export const anomalyFormat = z
  .xor(
    [
      z.strictObject(
        {
          "alerts-per-day": about(
            positive.default(1),
            "How many alerts a day of event time a key may raise on usual data: a ceiling, not a quota.",
          ),
          "warm-up": about(
            integer(1, 1_000_000).default(750),
            "Events of a key before its scores are valid.",
          ),
          hold: about(integer(1, 1_000_000).default(5), "Usual events in a row that clear an alert."),
          detectors: about(
            z
              .xor(
                [z.literal("auto", DETECTOR_WORDS), listOf(oneOf(DETECTORS), DETECTOR_WORDS)],
                DETECTOR_WORDS,
              )
              .meta({ title: DETECTOR_WORDS })
              .default("auto"),
            "What watches: see docs/detection.md. `auto` takes what suits the number of targets and of keys.",
            { example: ["pattern", "stuck"] },
          ),
          keys: about(
            integer(1, 10_000_000).default(100),
            "About how many keys to expect: where there are many, `auto` takes detectors that need less memory.",
          ),
          limits: about(
            z.record(fieldName, limits).default({}),
            "What targets can be at all, by name, and how fast they can change: anything else is an alert at once.",
            { example: { rms: { min: 0, max: 50 } } },
          ),
          silence: about(
            duration.optional(),
            "The longest time a key may say nothing: after that an alert is raised without waiting for its next event.",
            { example: "10m", absent: "learned from the key" },
          ),
          group: about(
            duration.optional(),
            "Keys whose alerts are raised within so much time of each other share one alert, the first key's.",
            { example: "1m", absent: "every key has its own" },
          ),
          maintenance: about(
            z.array(maintenance, "a list of times").default([]),
            "Times in which no alert is raised, and an open one ends: once, or again and again.",
            { example: [{ at: "02:30", for: "90m", days: ["sun"] }] },
          ),
          missing: about(missing.default({}), "When too many of a key's events don't come.", {
            example: { every: "10s", most: "20%" },
          }),
        },
        ANOMALY_WORDS,
      ),
      z.literal(false, ANOMALY_WORDS),
    ],
    ANOMALY_WORDS,
  )
  .meta({
    title: ANOMALY_WORDS,
    description: "How unusual events are scored, and when that is an alert; `false` for forecasts alone.",
  });
