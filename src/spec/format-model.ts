import { z } from "zod";
import { about, checkedText, integer, listOf, oneOf } from "./value-types.js";

const MAX_HORIZON = 1000;
const HORIZON_WORDS = `a whole number from 1 to ${MAX_HORIZON}, or an ascending list of them`;

const horizon = about(
  z
    .xor(
      [
        integer(1, MAX_HORIZON),
        listOf(integer(1, MAX_HORIZON), HORIZON_WORDS).check((context) => {
          if (context.value.every((steps, i, all) => i === 0 || steps > (all[i - 1] ?? 0))) return;
          context.issues.push({
            code: "custom",
            input: context.value,
            message: HORIZON_WORDS,
            params: { code: "HORIZON_ORDER" },
          });
        }),
      ],
      HORIZON_WORDS,
    )
    .meta({ title: HORIZON_WORDS })
    .default(1),
  "How many events ahead to forecast; `forecast` in the output is the first's.",
  { example: [1, 12] },
);

const coldStart = z
  .strictObject(
    {
      events: about(
        integer(10, 1_000_000).default(1000),
        "Train the first network on this many events, of all keys.",
      ),
      lead: about(
        integer(0, 1_000_000).default(250),
        "It takes effect so many events later, at the same event live and in a replay.",
      ),
    },
    "the first training: events, lead",
  )
  .meta({
    description: "How a pipeline without a network gets its first; the naive forecast serves until then.",
  });

const builtInModel = z.strictObject(
  {
    cell: about(oneOf(["rnn", "gru", "lstm"]).default("gru"), "The recurrent cell."),
    hidden: about(integer(1, 1024).default(32), "Hidden units per layer."),
    layers: about(integer(1, 8).default(1), "Layers, one upon the other."),
    members: about(
      integer(1, 8).default(2),
      "Networks for each horizon, from other first weights, whose mean is the forecast: two err up to 2 % less than one, most where data are few.",
    ),
    horizon,
    seed: about(integer(0).default(1), "Of the random numbers a training starts from."),
    "cold-start": coldStart.prefault({}),
  },
  "a model: cell, hidden, layers, horizon, ...; or file, horizon, output",
);

const fileModel = z.strictObject(
  {
    file: about(
      checkedText({
        words: "the path of an ONNX file",
        code: "BAD_MODEL_FILE",
        check: (text) => (text.endsWith(".onnx") ? undefined : "ends with .onnx"),
        pattern: "\\.onnx$",
      }),
      "An ONNX file, relative to the pipeline's. One that Eddy trained says its features, targets, horizons and output itself: they need not be written, and what is written has to agree.",
      { example: "models/mine.onnx" },
    ),
    horizon,
    output: about(
      oneOf(["value", "scaled", "step", "logits", "probabilities"]).default("value"),
      "What the network's output means: the target's value, the value scaled like the feature, or the step from the present value in units of the usual step; of classes and symbols, `logits` (their default) or `probabilities`.",
    ),
    batch: about(
      oneOf(["exact", "fast"]).default("exact"),
      "`fast`: where ONNX Runtime runs the model, waiting events of different keys share a run, which may change last bits.",
    ),
  },
  "a model from a file: file, horizon, output, batch",
);

const MODEL_WORDS =
  "a model: { cell, hidden, layers, horizon, seed, cold-start } or { file, horizon, output, batch }";

/** The file's branch stands first: an unknown field beside `file` is then reported as such. */
export const modelFormat = z
  .xor([fileModel, builtInModel], MODEL_WORDS)
  .meta({ title: MODEL_WORDS, description: "The network: Eddy's own, or an ONNX file." });
