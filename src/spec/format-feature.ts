import { z } from "zod";
import { splitFormat } from "./format-text-target.js";
import {
  about,
  className,
  duration,
  fieldName,
  finite,
  flag,
  integer,
  listOf,
  nonNegative,
  oneOf,
  positive,
  share,
} from "./value-types.js";

export const CALENDARS = ["hour-of-day", "day-of-week", "day-of-year"] as const;

const SCALE_WORDS = "robust, none, or { mean, sd }";

/** @param absent what holds where nothing is said */
const scaleOr = (absent: "robust" | "none") =>
  about(
    z
      .xor(
        [
          oneOf(["robust", "none"]),
          z.strictObject(
            {
              mean: about(finite, "Subtracted first.", { example: 20 }),
              sd: about(positive, "Divided by then.", { example: 2.5 }),
            },
            SCALE_WORDS,
          ),
        ],
        SCALE_WORDS,
      )
      .meta({ title: SCALE_WORDS })
      .default(absent),
    "How the number is scaled: by its key's running median and spread, not at all, or by fixed numbers.",
  );
const scale = scaleOr("robust");

const FEATURE_WORDS =
  "a field's name, { field, scale, missing }, { difference, scale }, { calendar, harmonics }, { lag, by }, { vector, size, scale }, { symbol, vocabulary }, { symbols, vocabulary }, { text, split, vocabulary } or { audio, rate, as, ... }";

const MAX_VECTOR = 4096;

const audioFeature = z.strictObject(
  {
    audio: about(
      fieldName,
      "The field's samples, from -1 to 1: an array of any length. Every `hop` is a time step of the network. It is the only feature then.",
      { example: "value" },
    ),
    rate: about(integer(1000, 192_000), "Samples a second.", { example: 8000 }),
    as: about(
      oneOf(["mfcc", "log-mel"]).default("mfcc"),
      "What a step is: mel-frequency cepstral coefficients, or the filters' log energies.",
    ),
    window: about(duration.default("25ms"), "How much audio a step looks at."),
    hop: about(duration.default("10ms"), "From one step to the next."),
    filters: about(integer(2, 256).default(26), "Mel filters."),
    from: about(nonNegative.default(60), "Where the lowest one begins, Hz."),
    to: about(positive.optional(), "Where the highest one ends, Hz.", {
      example: 3800,
      absent: "0.475 times the rate",
    }),
    cepstra: about(integer(1, 256).default(13), "Coefficients of `mfcc`, the first (loudness) included."),
    delta: about(flag.default(true), "Beside them their slope over the last five steps."),
    "pre-emphasis": about(share.default(0.97), "What is subtracted of the sample before."),
  },
  FEATURE_WORDS,
);

const vocabulary = about(
  listOf(className, "a list of symbols").optional(),
  "The symbols that are known; any other is one more input.",
  { example: ["on", "off"], absent: "what the model's file says: those that it was trained on" },
);

const feature = z
  .xor(
    [
      fieldName,
      z.strictObject(
        {
          field: about(fieldName, "The field's value.", { example: "rms" }),
          scale,
          missing: about(
            z.literal("mark", "mark").meta({ title: "mark" }).optional(),
            "`mark`: an event may lack the field; then its newest value stands (0, scaled, before the first of a sequence), and a second input is 1.",
            { absent: "an event without the field is a dead letter" },
          ),
        },
        FEATURE_WORDS,
      ),
      z.strictObject(
        {
          difference: about(fieldName, "The field's change since the key's event before.", {
            example: "rms",
          }),
          scale,
        },
        FEATURE_WORDS,
      ),
      z.strictObject(
        {
          calendar: about(
            oneOf(CALENDARS),
            "Place of the event time in a cycle, as sine and cosine, in `input.zone`.",
            { example: "hour-of-day" },
          ),
          harmonics: about(
            integer(1, 12).default(1),
            "So many multiples of that angle: more follow sharper daily or weekly shapes.",
          ),
        },
        FEATURE_WORDS,
      ),
      z.strictObject(
        {
          lag: about(
            fieldName,
            "What the field was a period ago, now and at each horizon, less its value now, in usual steps.",
            { example: "rms" },
          ),
          by: about(duration, "The period.", { example: "7d" }),
        },
        FEATURE_WORDS,
      ),
      z.strictObject(
        {
          vector: about(fieldName, "The field's numbers, an array: so many inputs.", { example: "cepstra" }),
          size: about(integer(1, MAX_VECTOR), "How many.", { example: 12 }),
          scale: scaleOr("none"),
        },
        FEATURE_WORDS,
      ),
      audioFeature,
      z.strictObject(
        {
          symbol: about(fieldName, "The field's word, character or class: an input for each that is known.", {
            example: "word",
          }),
          vocabulary,
        },
        FEATURE_WORDS,
      ),
      z.strictObject(
        {
          symbols: about(
            fieldName,
            "The field's set of symbols, an array: every input is 1 whose symbol is in it.",
            { example: "keys" },
          ),
          vocabulary,
        },
        FEATURE_WORDS,
      ),
      z.strictObject(
        {
          text: about(
            fieldName,
            "The field's text, or a piece of one: every symbol of it is a time step of the network. It is the only feature then.",
            { example: "date" },
          ),
          split: splitFormat,
          vocabulary,
        },
        FEATURE_WORDS,
      ),
    ],
    FEATURE_WORDS,
  )
  .meta({ title: FEATURE_WORDS });

export const featuresFormat = about(
  listOf(feature, "a list of features"),
  "What the network sees of an event, in order.",
  {
    example: ["rms", { field: "temperature", scale: "robust" }, { calendar: "hour-of-day" }],
    absent: "the targets",
  },
);

export const ADDED = ["difference", "calendar", "lag"] as const;
const ADD_WORDS = `a list of ${ADDED.join(", ")}`;

export const addFormat = about(
  z.array(oneOf(ADDED), ADD_WORDS).meta({ title: ADD_WORDS }),
  "What is added to the features: the targets' differences; four harmonics of the hour and of the weekday; " +
    "the targets a day and a week before. What the history is too short for gets no weight.",
  {
    example: ["difference"],
    absent:
      "all of them where the features are fields alone and the network is Eddy's own (without `input.time` the " +
      "difference), else none",
  },
);
