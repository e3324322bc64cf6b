import { z } from "zod";
import { supervisedFields } from "./format-supervised.js";
import { about, className, fieldName, listOf } from "./value-types.js";

/** A set of symbols, each of which is there or not: the keys of a chord. */
export const symbolsTarget = z.strictObject(
  {
    symbols: about(
      fieldName,
      "Field with the set of symbols, an array: read where a network is trained or tested, never needed live.",
      { example: "keys" },
    ),
    ...supervisedFields,
    vocabulary: about(
      listOf(className, "a list of symbols").optional(),
      "The symbols in the order of the network's outputs.",
      { absent: "what the model's file says, else those of the feature of the same field" },
    ),
  },
  "a set of symbols: { symbols, at, pool, ahead, vocabulary }",
);
