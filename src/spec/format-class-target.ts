import { z } from "zod";
import { supervisedFields } from "./format-supervised.js";
import { about, className, fieldName, integer, listOf } from "./value-types.js";

const SHARE_WORDS = "a share over 0 and up to 1";

const spot = z
  .strictObject(
    {
      none: about(className.default("none"), "The class of steps at which there is nothing to spot."),
      over: about(integer(1, 1000).default(10), "Steps whose probabilities are averaged."),
      threshold: about(
        z
          .number(SHARE_WORDS)
          .positive(SHARE_WORDS)
          .max(1, SHARE_WORDS)
          .meta({ title: SHARE_WORDS })
          .default(0.4),
        "A word is spotted when its mean probability reaches this.",
      ),
      rest: about(
        integer(0, 1_000_000).default(40),
        "Steps after that at which nothing is spotted: a word is spotted once.",
      ),
    },
    "how words are spotted: none, over, threshold, rest",
  )
  .meta({
    description:
      "Words are spotted in a stream that has no ends: with each comes a prediction, and none at other steps.",
    "x-absent": "every step has a prediction",
  })
  .optional();

/** One class of several, of a sequence or of every step. */
export const classTarget = z.strictObject(
  {
    class: about(
      fieldName,
      "Field that says which class a sequence, or a step, is of: read where a network is trained or tested, never needed live.",
      { example: "speaker" },
    ),
    ...supervisedFields,
    spot,
    classes: about(
      listOf(className, "a list of classes").optional(),
      "The classes in the order of the network's outputs.",
      { example: ["idle", "cutting"], absent: "what the model's file says" },
    ),
  },
  "a class: { class, at, pool, ahead, spot, classes }",
);
