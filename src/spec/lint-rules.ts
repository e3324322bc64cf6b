import { overlaps, parseKeyTemplate } from "../core/index.js";
import type { FullDocument } from "./full-document.js";
import type { LintRule } from "./lint-rule.js";

/** The field that holds the number of a payload of codec `text`. */
const TEXT_FIELD = "value";

const sharedSubscription: LintRule = {
  code: "SHARED_SUBSCRIPTION",
  severity: "error",
  description:
    "No `$share/...` filters: state is kept per key, so a key's events must all come here, in order.",
  needs: ["input.topics"],
  check: ({ full, report }) => {
    full.input.topics.forEach((filter, i) => {
      if (!filter.startsWith("$share/")) return;
      const [, , ...levels] = filter.split("/");
      report(
        ["input", "topics", i],
        `expected a filter of its own such as "${levels.join("/")}", because state is kept per key; found the shared subscription "${filter}"`,
      );
    });
  },
};

const overlappingFilters: LintRule = {
  code: "OVERLAPPING_FILTERS",
  severity: "error",
  description: "No two filters match the same topic: a broker may deliver such an event twice.",
  needs: ["input.topics"],
  check: ({ full, report }) => {
    const { topics } = full.input;
    topics.forEach((filter, i) => {
      const other = topics.slice(0, i).find((earlier) => overlaps(earlier, filter));
      if (other === undefined) return;
      report(
        ["input", "topics", i],
        `expected filters that share no topic, found "${filter}" and "${other}", whose common events may come twice`,
      );
    });
  },
};

const ownOutput: LintRule = {
  code: "OWN_OUTPUT",
  severity: "error",
  description: "No filter matches what the pipeline itself publishes below `output.base`.",
  needs: ["input.topics", "output.base", "name"],
  check: ({ full, report }) => {
    const own = `${full.output.base}/${full.name}/#`;
    full.input.topics.forEach((filter, i) => {
      if (overlaps(filter, own)) {
        report(
          ["input", "topics", i],
          `expected a filter that leaves out the pipeline's own output, found "${filter}", which shares topics with "${own}"`,
        );
      }
    });
  },
};

const keyLevel: LintRule = {
  code: "KEY_LEVEL",
  severity: "error",
  description: "Every filter has the topic levels that `input.key` asks for.",
  needs: ["input.topics", "input.key"],
  check: ({ full, report }) => {
    const level = parseKeyTemplate(full.input.key).topicLevels.at(-1) ?? -1;
    // "#" may stand for any number of levels, so only a filter without it is surely too short.
    const short = full.input.topics.find(
      (filter) => !filter.endsWith("#") && filter.split("/").length <= level,
    );
    if (short === undefined) return;
    const last = short.split("/").length - 1;
    report(
      ["input", "key"],
      `expected levels that every filter has, found {topic[${level}]}, but "${short}" ends at {topic[${last}]}`,
    );
  },
};

const oneKey: LintRule = {
  code: "ONE_KEY",
  severity: "warning",
  description: "With a wildcard among the filters, `input.key` is written: else all topics share one state.",
  needs: ["input.topics", "input.key"],
  check: ({ full, isWritten, report }) => {
    const wild = full.input.topics.find((filter) => /[+#]/.test(filter));
    if (wild === undefined || isWritten(["input", "key"])) return;
    const level = wild.split("/").findIndex((part) => part === "+" || part === "#");
    report(
      ["input"],
      `expected a key, found none: all topics of "${wild}" share one state; write key: "{topic[${level}]}", or key: default if that is meant`,
    );
  },
};

const secretInFile: LintRule = {
  code: "SECRET_IN_FILE",
  severity: "warning",
  description: "A password comes from the environment, not from the file.",
  needs: ["broker"],
  check: ({ full, isFromEnvironment, report }) => {
    if (full.broker.password === undefined || isFromEnvironment(["broker", "password"])) return;
    report(
      ["broker", "password"],
      "expected a reference to the environment such as $" + "{MQTT_PASSWORD}, found the password itself",
    );
  },
};

const secretInUrl: LintRule = {
  code: "SECRET_IN_URL",
  severity: "error",
  description: "A broker's URL holds no user name and no password, unless it comes from the environment.",
  needs: ["broker"],
  check: ({ full, isFromEnvironment, report }) => {
    if (full.broker.url === undefined || isFromEnvironment(["broker", "url"])) return;
    const { username, password } = new URL(full.broker.url);
    if (username + password === "") return;
    report(
      ["broker", "url"],
      "expected user name and password in broker.username and broker.password, found them in the URL",
    );
  },
};

const noTarget: LintRule = {
  code: "NO_TARGET",
  severity: "error",
  description: "`target` is written, or `features` has a field.",
  needs: ["features", "target", "input.codec"],
  check: ({ full, isWritten, report }) => {
    if (full.target.length > 0) return;
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
    full.target.forEach((name, i) => {
      if (seen.includes(name)) return;
      report(
        ["target", i],
        `expected one of the features' fields, found "${name}", which the network would forecast without seeing it`,
      );
    });
  },
};

const duplicateFeature: LintRule = {
  code: "DUPLICATE_FEATURE",
  severity: "error",
  description: "No feature stands twice.",
  needs: ["features"],
  check: ({ full, report }) => {
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
    repeated(full.target).forEach(({ name, at }) => {
      report(["target", at], `expected each target once, found ${name} again`);
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
  description: "With `codec: text` the only field is `value`.",
  needs: ["input.codec", "input.key", "input.time", "input.id", "features", "target"],
  check: ({ full, report }) => {
    if (full.input.codec !== "text") return;
    const { key, time, id } = full.input;
    const check = (path: (string | number)[], name: string | undefined) => {
      if (name === undefined || name === TEXT_FIELD) return;
      report(path, `expected the field "${TEXT_FIELD}", the only one that codec text has, found "${name}"`);
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
    full.target.forEach((name, i) => {
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

/** The rules about several fields at once; what a single field must be stands in the format. */
export const pipelineRules: readonly LintRule[] = [
  sharedSubscription,
  overlappingFilters,
  ownOutput,
  keyLevel,
  oneKey,
  secretInFile,
  secretInUrl,
  noTarget,
  targetNotAFeature,
  duplicateFeature,
  duplicateTarget,
  calendarWithoutTime,
  fieldNotInText,
  coldStartTooShort,
];

type FullFeature = FullDocument["features"][number];

/** The payload's fields that features are made of. */
export function fieldsOf(features: readonly FullFeature[]): string[] {
  return features.flatMap((feature) =>
    "field" in feature ? [feature.field] : "difference" in feature ? [feature.difference] : [],
  );
}

function nameOf(feature: FullFeature): string {
  if ("field" in feature) return `"${feature.field}"`;
  return "difference" in feature
    ? `the difference of "${feature.difference}"`
    : `the calendar's ${feature.calendar}`;
}

/** Names that stood before, and where they stand again. */
export function repeated(names: readonly string[]): { name: string; at: number }[] {
  return names.flatMap((name, at) => (names.indexOf(name) < at ? [{ name, at }] : []));
}
