import { z } from "zod";
import { about, oneOf } from "./value-types.js";

const AHEAD_WORDS = "a whole number from -1000 to 1000";

/** What supervised targets have in common, whatever they are. */
export const supervisedFields = {
  at: about(
    oneOf(["end", "step"]).optional(),
    "When the target is told: at the end of a sequence, or of every step.",
    { example: "end", absent: "`end` where `sequence.end` is written, else `step`" },
  ),
  pool: about(
    oneOf(["last", "mean"]).default("last"),
    "What is judged at the end of a sequence: the last step's outputs, or the mean of all steps'.",
  ),
  ahead: about(
    z
      .number(AHEAD_WORDS)
      .int(AHEAD_WORDS)
      .min(-1000, AHEAD_WORDS)
      .max(1000, AHEAD_WORDS)
      .meta({ title: AHEAD_WORDS })
      .default(0),
    "Of steps: the target of the event so many events later is told, 1 for the next symbol of a text; below 0 that of an earlier one, when so much more has been seen.",
    { example: 1 },
  ),
};
