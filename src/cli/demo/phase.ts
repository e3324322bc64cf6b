import type { DemoState } from "./demo-state.js";

/** Where the pipeline stands on its way from nothing to a network of its own. */
export type Phase =
  | { readonly kind: "waiting" }
  | { readonly kind: "learning"; readonly done: number; readonly of: number }
  | { readonly kind: "training"; readonly events: number }
  | { readonly kind: "in service"; readonly model: string }
  | { readonly kind: "trouble"; readonly state: string; readonly why: string };

/** What the newest prediction was made by says it: the naive forecast stands in until there is a network. */
export function phaseOf({ status, model, position, learnEvents, isTraining }: DemoState): Phase {
  if (status?.state === "degraded" || status?.state === "offline") return { kind: "trouble", ...status };
  if (model === "") return { kind: "waiting" };
  if (model !== "naive") return { kind: "in service", model };
  if (!isTraining && position < learnEvents) return { kind: "learning", done: position, of: learnEvents };
  return { kind: "training", events: learnEvents };
}

/** The phase as a sentence, for where there is no room or no terminal for more. */
export function phaseText(phase: Phase): string {
  switch (phase.kind) {
    case "waiting":
      return "waiting for the first prediction";
    case "learning":
      return `learning its first network: ${phase.done} of ${phase.of} events`;
    case "training":
      return `training its first network on ${phase.events} events`;
    case "in service":
      return `network ${phase.model} in service`;
    case "trouble":
      return phase.why === "" ? phase.state : `${phase.state}: ${phase.why}`;
  }
}
