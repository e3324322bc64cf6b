import { parseDuration } from "../core/index.js";
import type { FullDocument } from "./full-document.js";
import { targetFields } from "./full-document.js";
import type { LintRule } from "./lint-rule.js";

type Anomaly = Exclude<FullDocument["anomaly"], false>;

/** What a pipeline says of anomalies; undefined where it wants none. */
function anomalyOf({ anomaly }: FullDocument): Anomaly | undefined {
  return anomaly === false ? undefined : anomaly;
}

/** A detector takes part: by name, or as `auto` takes all watches. */
function isChosen(anomaly: Anomaly, name: "range" | "silence" | "missing"): boolean {
  return anomaly.detectors === "auto" || anomaly.detectors.includes(name);
}

const limitsOfNoTarget: LintRule = {
  code: "LIMITS_OF_NO_TARGET",
  severity: "error",
  description: "`anomaly.limits` names targets: nothing else is watched.",
  needs: ["anomaly", "target", "features"],
  check: ({ full, report }) => {
    for (const name of Object.keys(anomalyOf(full)?.limits ?? {})) {
      if (targetFields(full).includes(name)) continue;
      report(
        ["anomaly", "limits", name],
        `expected a target (${targetFields(full).join(", ")}), found "${name}"`,
      );
    }
  },
};

const limitsOrder: LintRule = {
  code: "LIMITS_ORDER",
  severity: "error",
  description: "A target's `min` is not above its `max`.",
  needs: ["anomaly"],
  check: ({ full, report }) => {
    for (const [name, { min, max }] of Object.entries(anomalyOf(full)?.limits ?? {})) {
      if (min === undefined || max === undefined || min <= max) continue;
      report(["anomaly", "limits", name, "min"], `expected at most max, ${max}, found ${min}`);
    }
  },
};

const watchNotChosen: LintRule = {
  code: "WATCH_NOT_CHOSEN",
  severity: "warning",
  description:
    "`limits`, `silence` and `missing` say something to the watches `range`, `silence` and `missing`.",
  needs: ["anomaly"],
  check: ({ full, isWritten, report }) => {
    const anomaly = anomalyOf(full);
    if (anomaly === undefined) return;
    for (const [setting, watch] of [
      ["limits", "range"],
      ["silence", "silence"],
      ["missing", "missing"],
    ] as const) {
      if (!isWritten(["anomaly", setting]) || isChosen(anomaly, watch)) continue;
      report(["anomaly", setting], `expected ${watch} among anomaly.detectors, found no such watch`);
    }
  },
};

const watchWithout: LintRule = {
  code: "WATCH_WITHOUT_SUBJECT",
  severity: "error",
  description: "`together` compares two targets or more, and `range` needs `anomaly.limits`.",
  needs: ["anomaly", "target", "features"],
  check: ({ full, report }) => {
    const anomaly = anomalyOf(full);
    if (anomaly === undefined || anomaly.detectors === "auto") return;
    anomaly.detectors.forEach((name, i) => {
      const path = ["anomaly", "detectors", i];
      if (name === "together" && targetFields(full).length < 2)
        report(path, `expected two targets or more for together, found ${targetFields(full).length}`);
      if (name === "range" && Object.keys(anomaly.limits).length === 0)
        report(path, "expected anomaly.limits beside range, found none");
    });
  },
};

const silenceAfterExpiry: LintRule = {
  code: "SILENCE_AFTER_EXPIRY",
  severity: "error",
  description:
    "`anomaly.silence` is shorter than `sequence.expire`: a key that is let go is no longer missed.",
  needs: ["anomaly", "sequence"],
  check: ({ full, report }) => {
    const silence = anomalyOf(full)?.silence;
    const { expire } = full.sequence;
    if (silence === undefined || expire === undefined) return;
    if (parseDuration(silence) < parseDuration(expire)) return;
    report(["anomaly", "silence"], `expected less than sequence.expire, ${expire}, found ${silence}`);
  },
};

const maintenanceOrder: LintRule = {
  code: "MAINTENANCE_ORDER",
  severity: "error",
  description: "Maintenance ends after it begins, and before it begins again.",
  needs: ["anomaly"],
  check: ({ full, report }) => {
    for (const [i, one] of (anomalyOf(full)?.maintenance ?? []).entries()) {
      const path = ["anomaly", "maintenance", i];
      if ("from" in one) {
        if (Date.parse(one.to) <= Date.parse(one.from))
          report([...path, "to"], `expected a time after ${one.from}, found ${one.to}`);
      } else if (parseDuration(one.for) > (one.days ? 7 : 1) * 86_400_000) {
        report([...path, "for"], `expected at most ${one.days ? "7d" : "1d"}, found ${one.for}`);
      }
    }
  },
};

const maintenanceZone: LintRule = {
  code: "MAINTENANCE_WITHOUT_ZONE",
  severity: "warning",
  description: "Maintenance at a time of day goes by the clocks of `input.zone`: without it by UTC.",
  needs: ["anomaly", "input.zone"],
  check: ({ full, isWritten, report }) => {
    const at = anomalyOf(full)?.maintenance.findIndex((one) => "at" in one) ?? -1;
    if (at < 0 || isWritten(["input", "zone"])) return;
    report(["anomaly", "maintenance", at, "at"], "expected input.zone beside it, found none: it goes by UTC");
  },
};

/** The rules about what is unusual. */
export const anomalyRules: readonly LintRule[] = [
  limitsOfNoTarget,
  limitsOrder,
  watchNotChosen,
  watchWithout,
  silenceAfterExpiry,
  maintenanceOrder,
  maintenanceZone,
];
