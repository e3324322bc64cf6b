import { matches, parseKeyTemplate } from "../core/index.js";
import { type FullDocument, targetFields } from "./full-document.js";
import { fieldsOf, repeated } from "./lint-feature-rules.js";
import type { LintContext, LintRule } from "./lint-rule.js";

type Test = FullDocument["tests"][number];

/** Looks at every test. */
function perTest(check: (test: Test, at: number, context: LintContext) => void): LintRule["check"] {
  return (context) => {
    context.full.tests.forEach((test, at) => {
      check(test, at, context);
    });
  };
}

const testNames: LintRule = {
  code: "TEST_NAME",
  severity: "error",
  description: "No two tests have the same name.",
  needs: ["tests"],
  check: ({ full, report }) => {
    repeated(full.tests.map((test) => test.name)).forEach(({ name, at }) => {
      report(["tests", at, "name"], `expected a name of its own, found "${name}" again`);
    });
  },
};

const testSource: LintRule = {
  code: "TEST_SOURCE",
  severity: "error",
  description: "A test has one of `input`, `rows`, `payloads`, `series`.",
  needs: ["tests"],
  check: perTest(({ input, rows, payloads, series }, at, { report }) => {
    const count = [input, rows, payloads, series].filter((one) => one !== undefined).length;
    if (count !== 1)
      report(
        ["tests", at],
        `expected one of input, rows, payloads, series, found ${count === 0 ? "none" : count}`,
      );
  }),
};

const testExpects: LintRule = {
  code: "TEST_EXPECTS_NOTHING",
  severity: "error",
  description: "A test expects something.",
  needs: ["tests"],
  check: perTest(({ expect }, at, { report }) => {
    if (Object.values(expect).some((one) => one !== undefined)) return;
    report(
      ["tests", at, "expect"],
      "expected at least one of rows, stepped, alerts, raised, quiet, ..., found none",
    );
  }),
};

const testRows: LintRule = {
  code: "TEST_ROWS",
  severity: "error",
  description: "Rows that a test names exist, `from` is not after `to`, `min` not over `max`.",
  needs: ["tests"],
  check: perTest(({ rows, series, expect }, at, { report }) => {
    const count = series?.count ?? rows?.length ?? Number.POSITIVE_INFINITY;
    const path = ["tests", at, "expect"];
    for (const name of ["raised", "quiet"] as const) {
      expect[name]?.forEach(({ from, to }, i) => {
        if (from > to) report([...path, name, i], `expected from <= to, found ${from} and ${to}`);
        else if (to >= count) report([...path, name, i, "to"], `expected a row below ${count}, found ${to}`);
      });
    }
    expect.cells?.forEach(({ row }, i) => {
      if (row >= count) report([...path, "cells", i, "row"], `expected a row below ${count}, found ${row}`);
    });
    const { alerts } = expect;
    if (typeof alerts === "object" && alerts.max !== undefined && alerts.min > alerts.max) {
      report([...path, "alerts"], `expected min <= max, found ${alerts.min} and ${alerts.max}`);
    }
  }),
};

const testFields: LintRule = {
  code: "TEST_FIELDS",
  severity: "error",
  description:
    "A series has the fields that the pipeline reads, but for `input.time`, which is written by itself.",
  needs: ["tests", "features", "target", "input"],
  check: perTest(({ series }, at, { full, report }) => {
    if (series === undefined) return;
    const path = ["tests", at, "series", "fields"];
    const { key, time, id } = full.input;
    const read = [
      ...parseKeyTemplate(key).fields,
      ...(id === undefined ? [] : [id]),
      ...fieldsOf(full.features),
      ...targetFields(full),
    ];
    const missing = [...new Set(read)].filter((name) => name !== time && !Object.hasOwn(series.fields, name));
    if (missing.length > 0)
      report(path, `expected the fields that the pipeline reads, found no ${missing.join(", ")}`);
    if (time !== undefined && Object.hasOwn(series.fields, time)) {
      report([...path, time], "expected other fields than input.time, which is written by itself");
    }
  }),
};

const testTopic: LintRule = {
  code: "TEST_TOPIC",
  severity: "error",
  description: "A test's topic is one that `input.topics` match.",
  needs: ["tests", "input.topics"],
  check: perTest(({ topic }, at, { full, report }) => {
    if (topic === undefined) return;
    if (!/[+#]/.test(topic) && full.input.topics.some((filter) => matches(filter, topic))) return;
    report(["tests", at, "topic"], `expected a topic that input.topics match, found "${topic}"`);
  }),
};

const testSeries: LintRule = {
  code: "TEST_SERIES",
  severity: "error",
  description:
    "A wave has both `amplitude` and `period`, or neither; a fault has one of `add`, `value`, `stuck`, and lies within the rows.",
  needs: ["tests"],
  check: perTest(({ series }, at, { report }) => {
    for (const [name, wave] of Object.entries(series?.fields ?? {})) {
      const path = ["tests", at, "series", "fields", name];
      if (wave.amplitude > 0 !== (wave.period !== undefined)) {
        report(path, "expected both amplitude and period, or neither, found one of them");
      }
      wave.faults.forEach((fault, i) => {
        const count = [fault.add, fault.value, fault.stuck].filter((one) => one !== undefined).length;
        if (count !== 1)
          report(
            [...path, "faults", i],
            `expected one of add, value, stuck, found ${count === 0 ? "none" : count}`,
          );
        const end = fault.at + fault.length;
        if (series !== undefined && end > series.count) {
          report(
            [...path, "faults", i],
            `expected a fault within ${series.count} rows, found one until row ${end - 1}`,
          );
        }
      });
    }
  }),
};

/** The rules about the tests that a pipeline carries. */
export const testRules: readonly LintRule[] = [
  testNames,
  testSource,
  testExpects,
  testRows,
  testFields,
  testTopic,
  testSeries,
];
