import { parseDuration } from "../core/index.js";
import type { LintRule } from "./lint-rule.js";

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
    "An audio feature goes with a supervised target, and is the only feature: its time steps are its own.",
  needs: ["target", "features"],
  check: ({ full, report }) => {
    full.features.forEach((feature, i) => {
      if (!("audio" in feature)) return;
      if (Array.isArray(full.target)) {
        report(["features", i], "expected a supervised target beside audio, found one that is forecast");
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

/** The rules about audio. */
export const audioRules: readonly LintRule[] = [voiceOfAudio, audioAlone, audioBands];
