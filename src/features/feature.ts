/** How a number is scaled before the network sees it: by its key's running location and spread, not at all, or by fixed numbers. */
export type Scale = "robust" | "none" | { readonly mean: number; readonly sd: number };

/** One thing that the network sees of an event. A calendar feature is two inputs, sine and cosine; any other is one. */
export type Feature =
  | { readonly kind: "field"; readonly field: string; readonly scale: Scale }
  | { readonly kind: "difference"; readonly field: string; readonly scale: Scale }
  | { readonly kind: "calendar"; readonly calendar: Calendar };

export type Calendar = "hour-of-day" | "day-of-week" | "day-of-year";

/** Names of a feature's inputs, for people: what a network file is expected to take. */
export function inputNames(feature: Feature): readonly string[] {
  if (feature.kind === "calendar") return [`sin ${feature.calendar}`, `cos ${feature.calendar}`];
  return [feature.kind === "field" ? feature.field : `difference of ${feature.field}`];
}
