import { aheadOf, hasEnds, supervisedField } from "./full-document.js";
import { fieldsOf } from "./lint-feature-rules.js";
import type { LintRule } from "./lint-rule.js";

const targetNeedsFile: LintRule = {
  code: "TARGET_NEEDS_FILE",
  severity: "error",
  description:
    "A pipeline with a supervised target (a class, a value, symbols, a text) has `model.file`: nobody tells a live stream what it is, so `eddy train` makes the network beforehand.",
  needs: ["target", "model"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || "file" in full.model) return;
    report(["model"], "expected a file beside a supervised target, such as { file: mine.onnx }, found none");
  },
};

const targetOutput: LintRule = {
  code: "TARGET_OUTPUT",
  severity: "error",
  description:
    "`model.output` is logits or probabilities where the target is a class, symbols or a text, `value` where it is a value, and else value, scaled or step.",
  needs: ["target", "model"],
  check: ({ full, report }) => {
    if (!("file" in full.model)) return;
    const { output } = full.model;
    const allowed = Array.isArray(full.target)
      ? ["value", "scaled", "step"]
      : "value" in full.target
        ? ["value"]
        : ["logits", "probabilities"];
    if (allowed.includes(output)) return;
    report(["model", "output"], `expected ${inWords(allowed)}, found ${output}`);
  },
};

/** `a, b or c` */
function inWords(list: readonly string[]): string {
  return [list.slice(0, -1).join(", "), ...list.slice(-1)].filter((part) => part !== "").join(" or ");
}

const targetEnd: LintRule = {
  code: "TARGET_END",
  severity: "error",
  description:
    "Where the target is told at the end of a sequence, or by a network that reads from there, `sequence.end` or `sequence.voice` says when that is.",
  needs: ["target", "sequence", "train"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || hasEnds(full.sequence)) return;
    if (full.target.at === "step" && full.train?.bidirectional !== true) return;
    report(
      ["target", "at"],
      "expected sequence.end or voice, by which a sequence's end is known, found neither",
    );
  },
};

const spotSteps: LintRule = {
  code: "SPOT_STEPS",
  severity: "error",
  description:
    "Words are spotted among the classes of steps, as they come: `target.spot` goes with `at: step`, and not with `train.bidirectional`.",
  needs: ["target", "sequence", "train"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || !("class" in full.target) || full.target.spot === undefined) return;
    const path = ["target", "spot"];
    if (full.target.at === "end") report(path, "expected at: step beside spot, found at: end");
    else if (full.train?.bidirectional)
      report(path, "expected a network that reads forward, found bidirectional");
  },
};

const aheadOfSteps: LintRule = {
  code: "AHEAD_OF_STEPS",
  severity: "error",
  description:
    "`target.ahead` goes with `at: step`, not with audio, whose events have steps of their own, and not with `train.bidirectional`, which knows what comes.",
  needs: ["target", "sequence", "features", "train"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || aheadOf(full.target) === 0) return;
    const { at } = full.target;
    const ahead = aheadOf(full.target);
    const path = ["target", "ahead"];
    if (full.features.some((feature) => "audio" in feature)) {
      report(path, `expected 0 with audio, found ${ahead}`);
    } else if (at === "end") {
      report(path, `expected at: step beside ahead, found ${ahead} and at: end`);
    } else if (full.train?.bidirectional) {
      report(path, `expected 0 with bidirectional, found ${ahead}`);
    }
  },
};

const symbolOfSupervised: LintRule = {
  code: "SYMBOL_OF_SUPERVISED",
  severity: "error",
  description:
    "A symbol, a set of them, or a text goes with a supervised target; no symbol of its vocabulary stands twice.",
  needs: ["target", "features"],
  check: ({ full, report }) => {
    full.features.forEach((feature, i) => {
      if (!("symbol" in feature || "symbols" in feature || "text" in feature)) return;
      if (Array.isArray(full.target)) {
        report(["features", i], "expected a supervised target beside a symbol, found one that is forecast");
      }
      feature.vocabulary?.forEach((name, at, all) => {
        if (all.indexOf(name) === at) return;
        report(["features", i, "vocabulary", at], `expected each symbol once, found "${name}" again`);
      });
    });
  },
};

const targetIsSeen: LintRule = {
  code: "TARGET_IS_SEEN",
  severity: "error",
  description:
    "A supervised target is not among the features, it is what the network is to find out; unless it is that of a later event (`ahead`).",
  needs: ["target", "features"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || aheadOf(full.target) > 0) return;
    const name = supervisedField(full.target);
    full.features.forEach((feature, i) => {
      if (fieldsOf([feature])[0] !== name) return;
      report(["features", i], `expected other fields than the target "${name}"`);
    });
  },
};

const targetForm: LintRule = {
  code: "TARGET_FORM",
  severity: "error",
  description:
    "A field that is both a feature and, `ahead`, the target is the same in both: a symbol or a number and a class, a number and a value, a set of symbols and a set.",
  needs: ["target", "features"],
  check: ({ full, report }) => {
    const { target } = full;
    if (Array.isArray(target)) return;
    const forms =
      "symbols" in target
        ? ["symbols"]
        : ["field", "difference", "lag", ...("class" in target ? ["symbol"] : [])];
    full.features.forEach((feature, i) => {
      if (fieldsOf([feature])[0] !== supervisedField(target) || forms.some((form) => form in feature)) return;
      report(
        ["features", i],
        `expected one of ${forms.join(", ")}, as "${supervisedField(target)}" is the target too, found ${Object.keys(feature)[0]}`,
      );
    });
  },
};

const WATCHING = [
  "alerts-per-day",
  "warm-up",
  "hold",
  "detectors",
  "keys",
  "limits",
  "silence",
  "missing",
  "maintenance",
  "group",
];

const trainOrLearn: LintRule = {
  code: "TRAIN_OR_LEARN",
  severity: "error",
  description: "`train` goes with a supervised target; `anomaly` and `learn` with targets that are forecast.",
  needs: ["target", "train", "learn", "anomaly"],
  check: ({ full, isWritten, report }) => {
    const isSupervised = !Array.isArray(full.target);
    const misplaced = isSupervised ? ["learn", "anomaly"] : ["train"];
    for (const name of misplaced) {
      // That there is nothing to watch may be said.
      const isSaid =
        name === "anomaly" ? WATCHING.some((field) => isWritten([name, field])) : isWritten([name]);
      if (!isSaid) continue;
      report(
        [name],
        isSupervised
          ? `expected no ${name} beside a supervised target, found it`
          : "expected train beside a supervised target, found it beside one that is forecast",
      );
    }
  },
};

const repeatedOutput: LintRule = {
  code: "DUPLICATE_OUTPUT",
  severity: "error",
  description: "No class stands twice among `target.classes`, no symbol in `target.vocabulary`.",
  needs: ["target"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || "value" in full.target) return;
    const [field, names] =
      "class" in full.target ? ["classes", full.target.classes] : ["vocabulary", full.target.vocabulary];
    const what = field === "classes" ? "class" : "symbol";
    names?.forEach((name, i, all) => {
      if (all.indexOf(name) === i) return;
      report(["target", field as string, i], `expected each ${what} once, found "${name}" again`);
    });
  },
};

const supervisedFeatures: LintRule = {
  code: "SUPERVISED_FEATURES",
  severity: "error",
  description: "A pipeline with a supervised target lists its features, here or in its model's file.",
  needs: ["target", "features"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || full.features.length > 0) return;
    report([], "expected features beside a supervised target, found none");
  },
};

const textAlone: LintRule = {
  code: "TEXT_ALONE",
  severity: "error",
  description:
    "A text among the features is the only one: its symbols are time steps of their own. Its target is told at the end of a sequence.",
  needs: ["target", "features", "sequence"],
  check: ({ full, report }) => {
    full.features.forEach((feature, i) => {
      if (!("text" in feature)) return;
      if (full.features.length > 1) {
        report(["features", i], "expected a text to be the only feature, found others beside it");
      } else if (!Array.isArray(full.target) && full.target.at === "step") {
        report(["features", i], "expected a target at the end of a sequence beside a text, found at: step");
      }
    });
  },
};

const textTraining: LintRule = {
  code: "TEXT_TRAINING",
  severity: "error",
  description:
    "A target that is a text is written by what has read forward, of sequences as they are: without `train.bidirectional` and `train.audio`.",
  needs: ["target", "train"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || !("text" in full.target)) return;
    if (full.train?.bidirectional) {
      report(["train", "bidirectional"], "expected false beside a target that is a text, found true");
    }
    if (full.train?.audio !== undefined) {
      report(["train", "audio"], "expected no audio beside a target that is a text, found it");
    }
  },
};

/** The rules about pipelines whose targets recordings tell. */
export const supervisedRules: readonly LintRule[] = [
  targetNeedsFile,
  targetOutput,
  targetEnd,
  spotSteps,
  aheadOfSteps,
  symbolOfSupervised,
  targetIsSeen,
  targetForm,
  trainOrLearn,
  repeatedOutput,
  supervisedFeatures,
  textAlone,
  textTraining,
];
