import { z } from "zod";
import { classTarget } from "./format-class-target.js";
import { symbolsTarget } from "./format-symbols-target.js";
import { textTarget } from "./format-text-target.js";
import { valueTarget } from "./format-value-target.js";
import { about, fieldName, listOf } from "./value-types.js";

const TARGET_WORDS =
  "the name of a field, a list of them, or { class, ... }, { value, ... }, { symbols, ... }, { text, ... }";

export const targetFormat = about(
  z
    .xor(
      [fieldName, listOf(fieldName, TARGET_WORDS), classTarget, valueTarget, symbolsTarget, textTarget],
      TARGET_WORDS,
    )
    .meta({ title: TARGET_WORDS }),
  "What is forecast and watched: several targets share one score and one alert per key. Or, supervised, what recordings " +
    "tell a network that is trained on them: a class, a value, a set of symbols, a text.",
  { example: "rms", absent: "the first field among the features (with codec text: `value`)" },
);
