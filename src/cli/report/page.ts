import { version } from "../version.js";
import { html, type Insert, Markup } from "./markup.js";
import { STYLE } from "./style.js";

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Insert;
}

export interface Page {
  readonly title: string;
  /** Below it: what it is of. */
  readonly subtitle: Insert;
  readonly sections: readonly Section[];
  /** That made it. */
  readonly command: string;
  /** ms */
  readonly madeAt: number;
}

/** A whole document in one file: no script, nothing from elsewhere. */
export function page({ title, subtitle, sections, command, madeAt }: Page): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="eddy ${version}">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header><h1>${title}</h1><p class="muted">${subtitle}</p>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav></header>
<main>
${sections.map(({ id, title, body }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>\n`)}
</main>
<footer>Eddy ${version}, ${isoTime(madeAt)}. <code>${command}</code><br>Times are UTC.</footer>
</body>
</html>
`;
  return document.toString();
}

/** Numbers with what they are, as tiles. */
export function tiles(all: readonly (readonly [name: string, value: Insert])[]): Markup {
  return html`<dl>${all.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/**
 * @param head  its cells; those that end in a space hold words
 * @param rows  the first cell of each is its heading
 */
export function dataTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Insert[])[],
): Markup {
  const words = (i: number) => (i === 0 || head[i]?.endsWith(" ") ? new Markup(' class="words"') : "");
  // What may scroll sideways has to be reachable by keyboard.
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${head.map((cell, i) => html`<th scope="col"${words(i)}>${cell.trimEnd()}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td${words(i)}>${cell}</td>`))}</tr>`,
  )}</tbody></table></div>`;
}

/** A plot with what its colours mean. */
export function figure(
  plots: Insert,
  caption: Insert,
  legend: readonly (readonly [look: string, words: string])[],
): Markup {
  const areas = ["band", "alert", "labelled"];
  return html`<figure tabindex="0"><ul class="legend">${legend.map(
    ([look, words]) =>
      html`<li><span class="k-${look}${areas.includes(look) && " area"}" aria-hidden="true"></span>${words}</li>`,
  )}</ul>${plots}<figcaption>${caption}</figcaption></figure>`;
}

/** `2026-03-01 10:00:00`, UTC. */
export function isoTime(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !(Math.abs(ms) <= 8.64e15)) return "–";
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}
