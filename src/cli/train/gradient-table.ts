import type { GradientHealth, HorizonGradients } from "../../training/index.js";

/** Steps back that are shown. */
const DISTANCES = [1, 4, 16, 64];

/** How gradients fared, as rows of text with a heading: one for each network and layer. */
export function gradientRows(gradients: readonly HorizonGradients[]): string[][] {
  const heading = ["gradients", "norm", "largest", "clipped", "refused"];
  const rows = gradients.flatMap(({ horizon, networks }) =>
    networks.flatMap((health, index) => {
      const name = ahead(horizon) + (networks.length === 1 ? "" : `, network ${index + 1}`);
      return networkRows(name, health);
    }),
  );
  return [[...heading, ...DISTANCES.map((distance) => `${distance} back`), "reach"], ...rows];
}

function networkRows(name: string, { norm, clipped, refused, layers }: GradientHealth): string[][] {
  const updates = [
    norm === null ? "-" : short(norm.median),
    norm === null ? "-" : short(norm.largest),
    percent(clipped),
    percent(refused),
  ];
  if (layers.length === 0) return [[name, ...updates, ...DISTANCES.map(() => "-"), "-"]];
  return layers.map(({ distances, norms, steps, depth }, layer) => [
    layers.length === 1 ? name : `${name}, layer ${layer + 1}`,
    ...(layer === 0 ? updates : updates.map(() => "")),
    ...DISTANCES.map((distance) => percentOf(norms[distances.indexOf(distance)])),
    steps === depth ? `${depth}+` : String(steps),
  ]);
}

/** What the columns of `gradientRows` are. */
export const GRADIENT_LEGEND =
  "norm: of a batch, before clipping. back: |dL/dstate| so many steps back, beside that at the loss. reach: steps to 1 %.";

/** Advice by horizon; networks of one horizon that go wrong alike are named once. */
export function gradientAdvice(gradients: readonly HorizonGradients[]): string[] {
  return gradients.flatMap(({ horizon, networks }) => {
    const { advice = [] } = networks.find((health) => health.advice.length > 0) ?? {};
    return gradients.length === 1 ? advice : advice.map((words) => `${ahead(horizon)}: ${words}`);
  });
}

function ahead(horizon: number): string {
  return horizon === 1 ? "1 step ahead" : `${horizon} steps ahead`;
}

function short(norm: number): string {
  return norm >= 1e5 || norm < 1e-3 ? norm.toExponential(1) : norm.toPrecision(3);
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return "<0.1 %";
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

function percentOf(norm: number | undefined): string {
  if (norm === undefined) return "-";
  if (norm >= 10) return `${short(norm)}x`;
  return percent(norm);
}
