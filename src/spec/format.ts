import { z } from "zod";
import { anomalyFormat } from "./format-anomaly.js";
import { addFormat, featuresFormat } from "./format-feature.js";
import { brokerFormat, inputFormat, sequenceFormat } from "./format-input.js";
import { learnFormat } from "./format-learn.js";
import { modelFormat } from "./format-model.js";
import {
  commitFormat,
  controlFormat,
  modelsFormat,
  outputFormat,
  overloadFormat,
  storeFormat,
} from "./format-output.js";
import { targetFormat } from "./format-target.js";
import { testsFormat } from "./format-tests.js";
import { trainFormat } from "./format-train.js";
import { about, checkedText } from "./value-types.js";

const pipelineName = checkedText({
  words: "a name of 1 to 64 letters, digits, - _ . that begins with a letter or digit",
  code: "BAD_NAME",
  check: (text) => (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) ? undefined : ""),
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
});

/**
 * The pipeline format as a value: every field with its description, default, example and rule. The
 * parser, the reference page, the JSON Schema and `eddy lint --show` all come out of it.
 */
export const pipelineFormat = z
  .strictObject(
    {
      name: about(pipelineName, "The pipeline's name; it becomes a level of the topics it publishes on.", {
        example: "pump-vibration",
      }),
      input: inputFormat,
      broker: brokerFormat.prefault({}),
      sequence: sequenceFormat.prefault({}),
      features: featuresFormat.optional(),
      add: addFormat.optional(),
      target: targetFormat.optional(),
      model: modelFormat.prefault({}),
      anomaly: anomalyFormat.prefault({}),
      learn: learnFormat.optional(),
      train: trainFormat.optional(),
      output: outputFormat.prefault({}),
      commit: commitFormat.prefault({}),
      overload: overloadFormat,
      store: storeFormat.prefault({}),
      control: controlFormat.prefault({}),
      models: modelsFormat.prefault({}),
      tests: testsFormat.default([]),
    },
    "a pipeline: name, input, features, target, model, ...",
  )
  .meta({ title: "Eddy pipeline", description: "From MQTT topics to predictions and alerts." });

/** A file that passed the format: its own words, with the defaults that depend on nothing else. */
export type Document = z.output<typeof pipelineFormat>;
