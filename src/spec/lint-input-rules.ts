import { overlaps, parseKeyTemplate, validFilter } from "../core/index.js";
import { type FullDocument, supervisedField } from "./full-document.js";
import { fieldsOf } from "./lint-feature-rules.js";
import type { LintRule } from "./lint-rule.js";
import { markField } from "./mark-field.js";
import type { Path } from "./problem.js";

const badFilter: LintRule = {
  code: "BAD_TOPIC_FILTER",
  severity: "error",
  description: "A filter is one of MQTT's: `+` stands alone on its level, `#` alone on the last one.",
  needs: ["input.topics", "sequence"],
  check: ({ full, report }) => {
    for (const { filter, path } of allFilters(full)) {
      if (validFilter(filter)) continue;
      report(
        path,
        `expected an MQTT topic filter, with + alone on its level and # alone on the last one, found "${filter}"`,
      );
    }
  },
};

const sharedSubscription: LintRule = {
  code: "SHARED_SUBSCRIPTION",
  severity: "error",
  description:
    "No `$share/...` filters: state is kept per key, so a key's events must all come here, in order.",
  needs: ["input.topics", "sequence"],
  check: ({ full, report }) => {
    for (const { filter, path } of allFilters(full)) {
      if (!isShared(filter)) continue;
      const [, , ...levels] = filter.split("/");
      report(
        path,
        `expected a filter of its own such as "${levels.join("/")}", because state is kept per key, found the shared subscription "${filter}"`,
      );
    }
  },
};

const overlappingFilters: LintRule = {
  code: "OVERLAPPING_FILTERS",
  severity: "error",
  description:
    "No two filters match the same topic, those of marks neither: a broker may deliver such an event twice.",
  needs: ["input.topics", "sequence"],
  check: ({ full, report }) => {
    const filters = usableFilters(full);
    filters.forEach(({ filter, path }, i) => {
      const other = filters.slice(0, i).find((earlier) => overlaps(earlier.filter, filter));
      if (other === undefined) return;
      report(
        path,
        `expected filters that share no topic, found "${filter}" beside "${other.filter}", whose common events may come twice`,
      );
    });
  },
};

const ownOutput: LintRule = {
  code: "OWN_OUTPUT",
  severity: "error",
  description: "No filter matches what the pipeline itself publishes below `output.base`.",
  needs: ["input.topics", "sequence", "output.base", "name"],
  check: ({ full, report }) => {
    const own = `${full.output.base}/${full.name}/#`;
    for (const { filter, path } of usableFilters(full)) {
      if (!overlaps(filter, own)) continue;
      report(
        path,
        `expected a filter that leaves out the pipeline's own output, found "${filter}", which shares topics with "${own}"`,
      );
    }
  },
};

const keyLevel: LintRule = {
  code: "KEY_LEVEL",
  severity: "error",
  description: "Every filter has the topic levels that `input.key` asks for, those of marks too.",
  needs: ["input.topics", "sequence", "input.key"],
  check: ({ full, report }) => {
    const level = parseKeyTemplate(full.input.key).topicLevels.at(-1) ?? -1;
    for (const { filter } of usableFilters(full)) {
      const last = filter.split("/").length - 1;
      // "#" may stand for any number of levels, so only a filter without it is surely too short.
      if (filter.endsWith("#") || level <= last) continue;
      report(
        ["input", "key"],
        `expected levels that every filter has, found {topic[${level}]}, but "${filter}" ends at {topic[${last}]}`,
      );
      return;
    }
  },
};

const oneKey: LintRule = {
  code: "ONE_KEY",
  severity: "warning",
  description: "With a wildcard among the filters, `input.key` is written: else all topics share one state.",
  needs: ["input.topics", "sequence", "input.key"],
  check: ({ full, isWritten, report }) => {
    const wild = usableFilters(full).find(({ filter }) => /[+#]/.test(filter))?.filter;
    if (wild === undefined || isWritten(["input", "key"])) return;
    const level = wild.split("/").findIndex((part) => part === "+" || part === "#");
    report(
      ["input"],
      `expected a key, found none: all topics of "${wild}" share one state; write key: "{topic[${level}]}", or key: default if that is meant`,
    );
  },
};

const markTopicKey: LintRule = {
  code: "MARK_TOPIC_KEY",
  severity: "error",
  description:
    "Beside a topic of marks `input.key` is made of the topic alone: of a mark's payload nothing is read.",
  needs: ["sequence", "input.key"],
  check: ({ full, report }) => {
    const [field] = parseKeyTemplate(full.input.key).fields;
    const [mark] = markFilters(full);
    if (field === undefined || mark === undefined) return;
    report(
      ["input", "key"],
      `expected topic levels alone, because marks on "${mark.filter}" have no fields, found {${field}}`,
    );
  },
};

const markTopicTarget: LintRule = {
  code: "MARK_TOPIC_TARGET",
  severity: "error",
  description:
    "Topics of marks go with a target that recordings tell: a forecaster's events all have values.",
  needs: ["sequence", "target"],
  check: ({ full, report }) => {
    if (!Array.isArray(full.target)) return;
    for (const { filter, path } of markFilters(full)) {
      report(
        path,
        `expected a field, because the target is forecast and every event has its value, found the topic "${filter}"`,
      );
    }
  },
};

const markTopicField: LintRule = {
  code: "MARK_TOPIC_FIELD",
  severity: "error",
  description: "No field that is read is called `topic FILTER` as the marks of that topic are.",
  needs: ["sequence", "target", "features", "input.id"],
  check: ({ full, report }) => {
    const read = new Set(readFields(full));
    for (const { filter, path } of markFilters(full)) {
      const field = markField({ topic: filter });
      if (!read.has(field)) continue;
      report(path, `expected no field of the name "${field}", by which its marks are known, found it read`);
    }
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

/** The rules about where events come from: filters, keys, secrets. */
export const inputRules: readonly LintRule[] = [
  badFilter,
  sharedSubscription,
  overlappingFilters,
  ownOutput,
  keyLevel,
  oneKey,
  markTopicKey,
  markTopicTarget,
  markTopicField,
  secretInFile,
  secretInUrl,
];

function isShared(filter: string): boolean {
  return filter.startsWith("$share/");
}

interface PlacedFilter {
  readonly filter: string;
  readonly path: Path;
}

/** What is subscribed to, and where it stands. */
function allFilters(full: FullDocument): PlacedFilter[] {
  return [
    ...full.input.topics.map((filter, at) => ({ filter, path: ["input", "topics", at] })),
    ...markFilters(full),
  ];
}

function markFilters({ sequence }: FullDocument): PlacedFilter[] {
  return (["start", "end"] as const).flatMap((name) => {
    const mark = sequence[name];
    return typeof mark === "object" ? [{ filter: mark.topic, path: ["sequence", name, "topic"] }] : [];
  });
}

/** Every field of an event that a pipeline looks at, but for its key and its time. */
function readFields({ input, sequence, features, target }: FullDocument): (string | undefined)[] {
  return [
    input.id,
    ...[sequence.start, sequence.end].filter((mark) => typeof mark === "string"),
    ...fieldsOf(features),
    ...(Array.isArray(target) ? target : [supervisedField(target)]),
    ...("of" in target ? [target.of] : []),
  ];
}

/** The filters that have no rule of their own against them. */
function usableFilters(full: FullDocument): PlacedFilter[] {
  return allFilters(full).filter(({ filter }) => validFilter(filter) && !isShared(filter));
}
