import { z } from "zod";
import { about, className, fieldName, integer, listOf, oneOf, positive } from "./value-types.js";

const SEARCH_WORDS = "greedy, { beam } or { temperature, seed }";

/** How a text falls into symbols. */
export const splitFormat = about(
  oneOf(["words", "characters"]).default("words"),
  "What the symbols of the text are: words, with space between them, or characters.",
);

const search = about(
  z
    .xor(
      [
        oneOf(["greedy"]),
        z.strictObject(
          {
            beam: about(
              integer(1, 64),
              "Texts that are gone on with at every step: the likeliest of all is found more often.",
              { example: 4 },
            ),
          },
          SEARCH_WORDS,
        ),
        z.strictObject(
          {
            temperature: about(positive, "Symbols are drawn: 1 as the network says, above 1 bolder.", {
              example: 0.8,
            }),
            seed: about(integer(0).default(1), "Of the random numbers: the same sequence, the same text."),
          },
          SEARCH_WORDS,
        ),
      ],
      SEARCH_WORDS,
    )
    .meta({ title: SEARCH_WORDS })
    .default("greedy"),
  "How a text is chosen among all that could be: the likeliest symbol at every step, beam search, or by chance.",
  { example: { beam: 4 } },
);

/** A text, written symbol by symbol when a sequence ends. */
export const textTarget = z.strictObject(
  {
    text: about(
      fieldName,
      "Field with the text that is written of a sequence: read where a network is trained or tested, never needed live.",
      { example: "german" },
    ),
    at: about(oneOf(["end"]).optional(), "When it is written: at the end of a sequence.", {
      absent: "`end`",
    }),
    split: splitFormat,
    most: about(integer(1, 1000).default(100), "Symbols of the longest text."),
    search,
    vocabulary: about(
      listOf(className, "a list of symbols").optional(),
      "The symbols in the order of the network's outputs.",
      { absent: "what the model's file says" },
    ),
  },
  "a text: { text, split, most, search, vocabulary }",
);
