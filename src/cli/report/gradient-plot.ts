import type { HorizonGradients } from "../../training/index.js";
import { GRADIENT_LEGEND, gradientAdvice, gradientRows } from "../train/gradient-table.js";
import { html, type Insert } from "./markup.js";
import { dataTable, figure } from "./page.js";
import { type Layer, type Place, plot } from "./plot.js";

/** How far back gradients reach: a line for each network and layer, a table, and what to do about it. */
export function gradientPlot(gradients: readonly HorizonGradients[]): Insert {
  const lines = gradients.flatMap(({ networks }) => networks.flatMap(({ layers }) => layers));
  const places = lines.map(({ distances, norms }) =>
    distances.map((distance, i): Place => [Math.log2(distance + 1), norms[i] ?? Number.NaN]),
  );
  const distances = lines[0]?.distances ?? [];
  const layers: Layer[] = places.map((own) => ({ kind: "line", look: "value", places: own }));
  const [head = [], ...rows] = gradientRows(gradients);
  return html`${
    lines.length > 0 &&
    figure(
      plot({
        title: "gradient norm by distance in time, one line for each network and layer",
        x: "number",
        xLabel: "steps back",
        xTicks: distances.map((distance) => ({ at: Math.log2(distance + 1), label: String(distance) })),
        height: 170,
        yScale: "log",
        layers: [...layers, { kind: "level", look: "threshold", at: 0.01 }],
      }),
      "|dL/dstate| so many steps back, beside that at the loss, on a scale of powers of ten: a line that falls under the dashed one has vanished, one that rises explodes.",
      [
        ["value", "gradient"],
        ["threshold", "1 %"],
      ],
    )
  }${dataTable(GRADIENT_LEGEND, head, rows)}${gradientAdvice(gradients).map((words) => html`<p>! ${words}</p>`)}`;
}
