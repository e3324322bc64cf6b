import { parseDuration } from "../core/index.js";
import { hasEnds } from "./full-document.js";
import { fieldsOf } from "./lint-feature-rules.js";
import type { LintRule } from "./lint-rule.js";

const classNeedsFile: LintRule = {
  code: "CLASS_NEEDS_FILE",
  severity: "error",
  description:
    "A pipeline that names classes has `model.file`: nobody tells a live stream its classes, so `eddy train` makes the network beforehand.",
  needs: ["target", "model"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || "file" in full.model) return;
    report(
      ["model"],
      "expected a file beside a target that is a class, such as { file: mine.onnx }, found none",
    );
  },
};

const classOutput: LintRule = {
  code: "CLASS_OUTPUT",
  severity: "error",
  description: "`model.output` is logits or probabilities where a class is named, and else neither.",
  needs: ["target", "model"],
  check: ({ full, report }) => {
    if (!("file" in full.model)) return;
    const { output } = full.model;
    const isOfClasses = output === "logits" || output === "probabilities";
    if (isOfClasses === !Array.isArray(full.target)) return;
    const expected = isOfClasses ? "value, scaled or step" : "logits or probabilities";
    report(["model", "output"], `expected ${expected}, found ${output}`);
  },
};

const classEnd: LintRule = {
  code: "CLASS_END",
  severity: "error",
  description:
    "Where a class is named at the end of a sequence, `sequence.end` or `sequence.voice` says when that is.",
  needs: ["target", "sequence"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || full.target.at === "step" || hasEnds(full.sequence)) return;
    report(
      ["target", "at"],
      "expected sequence.end or voice, by which a sequence's end is known, found neither",
    );
  },
};

const spotSteps: LintRule = {
  code: "SPOT_STEPS",
  severity: "error",
  description: "Words are spotted among the classes of steps: `target.spot` goes with `at: step`.",
  needs: ["target", "sequence"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || full.target.spot === undefined || full.target.at === "step") return;
    report(["target", "spot"], "expected at: step beside spot, found at: end");
  },
};

const aheadOfSteps: LintRule = {
  code: "AHEAD_OF_STEPS",
  severity: "error",
  description:
    "`target.ahead` goes with `at: step`, and not with audio, whose events have steps of their own.",
  needs: ["target", "sequence", "features"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || full.target.ahead === 0) return;
    const isAudio = full.features.some((feature) => "audio" in feature);
    if (full.target.at === "step" && !isAudio) return;
    report(
      ["target", "ahead"],
      `expected ${isAudio ? "0 with audio" : "at: step beside ahead"}, found ${full.target.ahead}${isAudio ? "" : " and at: end"}`,
    );
  },
};

const symbolOfClass: LintRule = {
  code: "SYMBOL_OF_CLASS",
  severity: "error",
  description: "A symbol goes with a target that is a class; no symbol of its vocabulary stands twice.",
  needs: ["target", "features"],
  check: ({ full, report }) => {
    full.features.forEach((feature, i) => {
      if (!("symbol" in feature)) return;
      if (Array.isArray(full.target)) {
        report(
          ["features", i],
          "expected a target that is a class beside a symbol, found one that is forecast",
        );
      }
      feature.vocabulary?.forEach((name, at, all) => {
        if (all.indexOf(name) === at) return;
        report(["features", i, "vocabulary", at], `expected each symbol once, found "${name}" again`);
      });
    });
  },
};

const classIsSeen: LintRule = {
  code: "CLASS_IS_SEEN",
  severity: "error",
  description:
    "The class is not among the features, it is what the network is to find out; unless it is that of a later event (`ahead`).",
  needs: ["target", "features"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target)) return;
    const { class: name, ahead } = full.target;
    if (ahead > 0) return;
    full.features.forEach((feature, i) => {
      if (fieldsOf([feature])[0] !== name) return;
      report(["features", i], `expected other fields than the class "${name}"`);
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

const onlyForClasses: LintRule = {
  code: "ONLY_FOR_CLASSES",
  severity: "error",
  description:
    "`train` goes with a target that is a class; `anomaly` and `learn` with targets that are forecast.",
  needs: ["target", "train", "learn", "anomaly"],
  check: ({ full, isWritten, report }) => {
    const isClass = !Array.isArray(full.target);
    const misplaced = isClass ? ["learn", "anomaly"] : ["train"];
    for (const name of misplaced) {
      // That there is nothing to watch may be said.
      const isSaid =
        name === "anomaly" ? WATCHING.some((field) => isWritten([name, field])) : isWritten([name]);
      if (!isSaid) continue;
      report(
        [name],
        isClass
          ? `expected no ${name} where a class is named, found it`
          : "expected train beside a target that is a class, found it beside one that is forecast",
      );
    }
  },
};

const repeatedClass: LintRule = {
  code: "DUPLICATE_CLASS",
  severity: "error",
  description: "No class stands twice.",
  needs: ["target"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target)) return;
    full.target.classes?.forEach((name, i, all) => {
      if (all.indexOf(name) === i) return;
      report(["target", "classes", i], `expected each class once, found "${name}" again`);
    });
  },
};

const classFeatures: LintRule = {
  code: "CLASS_FEATURES",
  severity: "error",
  description: "A pipeline that names classes lists its features, here or in its model's file.",
  needs: ["target", "features"],
  check: ({ full, report }) => {
    if (Array.isArray(full.target) || full.features.length > 0) return;
    report([], "expected features beside a target that is a class, found none");
  },
};

const voiceOfAudio: LintRule = {
  code: "VOICE_OF_AUDIO",
  severity: "error",
  description: "`sequence.voice` goes with an audio feature, and not with `start` and `end`.",
  needs: ["sequence", "features"],
  check: ({ full, report }) => {
    const { voice, start, end } = full.sequence;
    if (voice === undefined) return;
    const path = ["sequence", "voice"];
    if (!full.features.some((feature) => "audio" in feature)) {
      report(path, "expected an audio feature beside it, found none");
    }
    if (start !== undefined || end !== undefined) {
      report(path, "expected no start and no end beside it, found them");
    }
  },
};

const audioAlone: LintRule = {
  code: "AUDIO_ALONE",
  severity: "error",
  description:
    "An audio feature goes with a target that is a class, and is the only feature: its time steps are its own.",
  needs: ["target", "features"],
  check: ({ full, report }) => {
    full.features.forEach((feature, i) => {
      if (!("audio" in feature)) return;
      if (Array.isArray(full.target)) {
        report(["features", i], "expected a target that is a class beside audio, found one that is forecast");
      } else if (full.features.length > 1) {
        report(["features", i], "expected audio to be the only feature, found others beside it");
      }
    });
  },
};

const audioBands: LintRule = {
  code: "AUDIO_BANDS",
  severity: "error",
  description:
    "Of an audio feature `from` < `to` <= half the rate, `hop` <= `window` <= 1s, and `cepstra` <= `filters`.",
  needs: ["features"],
  check: ({ full, report }) => {
    full.features.forEach((feature, i) => {
      if (!("audio" in feature)) return;
      const { from, to = 0.475 * feature.rate, rate, cepstra, filters } = feature;
      const [window, hop] = [feature.window, feature.hop].map(parseDuration) as [number, number];
      if (!(from < to && 2 * to <= rate)) {
        report(["features", i], `expected from < to <= ${rate / 2}, found ${from} and ${to}`);
      }
      if (!(hop <= window && window <= 1000)) {
        report(["features", i], `expected hop <= window <= 1s, found ${feature.hop} and ${feature.window}`);
      }
      if (feature.as === "mfcc" && cepstra > filters) {
        report(["features", i], `expected at most ${filters} cepstra, one for each filter, found ${cepstra}`);
      }
    });
  },
};

/** The rules about pipelines that name classes. */
export const classRules: readonly LintRule[] = [
  classNeedsFile,
  classOutput,
  classEnd,
  spotSteps,
  aheadOfSteps,
  symbolOfClass,
  classIsSeen,
  onlyForClasses,
  repeatedClass,
  classFeatures,
  voiceOfAudio,
  audioAlone,
  audioBands,
];
