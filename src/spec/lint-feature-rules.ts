import { parseKeyTemplate } from "../core/index.js";
import { type FullFeature, targetFields } from "./full-document.js";
import type { LintRule } from "./lint-rule.js";

/** The field that holds the number of a payload of codec `text`. */
const TEXT_FIELD = "value";

const noTarget: LintRule = {
  code: "NO_TARGET",
  severity: "error",
  description: "`target` is written, or `features` has a field.",
  needs: ["features", "target", "input.codec"],
  check: ({ full, isWritten, report }) => {
    if (!Array.isArray(full.target) || full.target.length > 0) return;
    report(
      isWritten(["features"]) ? ["features"] : [],
      "expected a target, or features with a field to take for it, found neither",
    );
  },
};

const targetNotAFeature: LintRule = {
  code: "TARGET_NOT_A_FEATURE",
  severity: "warning",
  description: "A target is among the features: else the network forecasts what it never sees.",
  needs: ["features", "target", "input.codec"],
  check: ({ full, report }) => {
    const seen = fieldsOf(full.features);
    targetFields(full).forEach((name, i) => {
      if (seen.includes(name)) return;
      report(
        ["target", i],
        `expected one of the features' fields, found "${name}", which the network would forecast without seeing it`,
      );
    });
  },
};

const missingTarget: LintRule = {
  code: "MISSING_TARGET",
  severity: "error",
  description: "A field that is forecast is in every event: `missing: mark` goes with others.",
  needs: ["features", "target"],
  check: ({ full, report }) => {
    full.features.forEach((feature, i) => {
      if (!("field" in feature) || feature.missing === undefined) return;
      if (!targetFields(full).includes(feature.field)) return;
      report(["features", i], `expected no missing: mark of "${feature.field}", which is forecast`);
    });
  },
};

const duplicateFeature: LintRule = {
  code: "DUPLICATE_FEATURE",
  severity: "error",
  description: "No feature stands twice.",
  needs: ["features"],
  check: ({ full, isWritten, report }) => {
    if (!isWritten(["features"])) return;
    repeated(full.features.map(nameOf)).forEach(({ name, at }) => {
      report(["features", at], `expected each feature once, found ${name} again`);
    });
  },
};

const duplicateTarget: LintRule = {
  code: "DUPLICATE_TARGET",
  severity: "error",
  description: "No target stands twice.",
  needs: ["target"],
  check: ({ full, report }) => {
    repeated(targetFields(full)).forEach(({ name, at }) => {
      report(["target", at], `expected each target once, found "${name}" again`);
    });
  },
};

const calendarWithoutTime: LintRule = {
  code: "CALENDAR_WITHOUT_TIME",
  severity: "warning",
  description: "Calendar features go with `input.time`: the time of arrival is not the time of the event.",
  needs: ["features", "input.time"],
  check: ({ full, report }) => {
    if (full.input.time !== undefined) return;
    full.features.forEach((feature, i) => {
      if (!("calendar" in feature)) return;
      report(
        ["features", i],
        "expected input.time beside a calendar feature, found none: it follows the time of arrival",
      );
    });
  },
};

const fieldNotInText: LintRule = {
  code: "FIELD_NOT_IN_TEXT",
  severity: "error",
  description: "With `codec: text` or pcm16 the only field is `value`.",
  needs: ["input.codec", "input.key", "input.time", "input.id", "features", "target"],
  check: ({ full, report }) => {
    const { codec } = full.input;
    if (codec !== "text" && codec !== "pcm16") return;
    const { key, time, id } = full.input;
    const check = (path: (string | number)[], name: string | undefined) => {
      if (name === undefined || name === TEXT_FIELD) return;
      report(
        path,
        `expected the field "${TEXT_FIELD}", the only one that codec ${codec} has, found "${name}"`,
      );
    };
    check(
      ["input", "key"],
      parseKeyTemplate(key).fields.find((name) => name !== TEXT_FIELD),
    );
    check(["input", "time"], time);
    check(["input", "id"], id);
    full.features.forEach((feature, i) => {
      check(["features", i], fieldsOf([feature])[0]);
    });
    targetFields(full).forEach((name, i) => {
      check(["target", i], name);
    });
  },
};

const coldStartTooShort: LintRule = {
  code: "COLD_START_TOO_SHORT",
  severity: "error",
  description: "`model.cold-start.events` exceeds the farthest horizon: else there is nothing to learn from.",
  needs: ["model"],
  check: ({ full, report }) => {
    if ("file" in full.model) return;
    const farthest = full.model.horizon.at(-1) ?? 1;
    const { events } = full.model["cold-start"];
    if (events > farthest) return;
    report(
      ["model", "cold-start", "events"],
      `expected more events than the farthest horizon ${farthest}, found ${events}`,
    );
  },
};

/** The rules about what is seen and what is forecast. */
export const featureRules: readonly LintRule[] = [
  noTarget,
  targetNotAFeature,
  missingTarget,
  duplicateFeature,
  duplicateTarget,
  calendarWithoutTime,
  fieldNotInText,
  coldStartTooShort,
];

/** The payload's fields that features are made of. */
export function fieldsOf(features: readonly FullFeature[]): string[] {
  return features.flatMap((feature) => {
    if ("field" in feature) return [feature.field];
    if ("difference" in feature) return [feature.difference];
    if ("vector" in feature) return [feature.vector];
    if ("audio" in feature) return [feature.audio];
    if ("symbol" in feature) return [feature.symbol];
    if ("symbols" in feature) return [feature.symbols];
    if ("text" in feature) return [feature.text];
    return "lag" in feature ? [feature.lag] : [];
  });
}

function nameOf(feature: FullFeature): string {
  if ("field" in feature) return `"${feature.field}"`;
  if ("difference" in feature) return `the difference of "${feature.difference}"`;
  if ("symbol" in feature) return `the symbol "${feature.symbol}"`;
  if ("text" in feature) return `the text "${feature.text}"`;
  if ("symbols" in feature) return `the symbols "${feature.symbols}"`;
  if ("audio" in feature) return `the audio "${feature.audio}"`;
  if ("vector" in feature) return `the vector "${feature.vector}"`;
  return "lag" in feature ? `"${feature.lag}" ${feature.by} before` : `the calendar's ${feature.calendar}`;
}

/** Names that stood before, and where they stand again. */
export function repeated(names: readonly string[]): { name: string; at: number }[] {
  return names.flatMap((name, at) => (names.indexOf(name) < at ? [{ name, at }] : []));
}
