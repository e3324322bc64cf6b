/** The report's style: the dashboard's colours, light and dark, and fit for paper. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #f4f6f8; --panel: #fff; --edge: #dfe4ea; --text: #1a2330; --muted: #566272;
  --line: #0b62ba; --forecast: #b35c00; --band: rgb(179 92 0 / 16%); --grid: #e9edf1; --ok: #17754a; --alert: #bf2418;
  --alert-area: rgb(191 36 24 / 13%); --label-area: rgb(23 117 74 / 20%); --other: #7a3fb0; }
@media (prefers-color-scheme: dark) { :root { --bg: #0d1117; --panel: #141a22; --edge: #27303b; --text: #e3e9f0;
  --muted: #9aa6b5; --line: #62aaff; --forecast: #f0a64a; --band: rgb(240 166 74 / 19%); --grid: #1f2731; --ok: #4ecb8c;
  --alert: #ff7a6e; --alert-area: rgb(255 107 94 / 19%); --label-area: rgb(78 203 140 / 22%); --other: #c79bff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.2rem; background: var(--bg); color: var(--text);
  font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .3rem 0; max-width: 46rem; } .muted, figcaption, .axis, caption { color: var(--muted); }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; margin: .6rem 0; padding: 0; }
a { color: var(--line); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .5rem; margin: .6rem 0; }
dl div { background: var(--panel); border: 1px solid var(--edge); border-radius: .4rem; padding: .4rem .6rem; }
dt { color: var(--muted); font-size: .85em; } dd { margin: 0; font-size: 1.15em; overflow-wrap: anywhere; }
figure, .scroll { background: var(--panel); border: 1px solid var(--edge); border-radius: .4rem; margin: .6rem 0; padding: .5rem; overflow-x: auto; }
figcaption { font-size: .9em; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; min-width: 34rem; }
svg path { fill: none; } svg .axis { font: 11px system-ui, sans-serif; fill: var(--muted); }
svg .grid { stroke: var(--grid); } svg .value { stroke: var(--line); stroke-width: 1.2; stroke-linejoin: round; }
svg .forecast { stroke: var(--forecast); stroke-width: 1.2; } svg .other { stroke: var(--other); stroke-width: 1.2; }
svg .third { stroke: var(--ok); stroke-width: 1.2; } svg .band { fill: var(--band); } svg .alert { fill: var(--alert-area); }
svg .labelled { fill: var(--label-area); } svg .score { stroke: var(--other); stroke-width: 1.2; }
svg .threshold { stroke: var(--alert); stroke-dasharray: 5 4; } svg .moment { stroke: var(--ok); stroke-dasharray: 2 3; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: 0 0 .3rem; padding: 0; list-style: none; font-size: .9em; }
.legend span { display: inline-block; width: 1.2rem; height: .2rem; margin-right: .4rem; vertical-align: middle; }
.legend .area { height: .7rem; } .k-value { background: var(--line); } .k-forecast { background: var(--forecast); }
.k-band { background: var(--band); } .k-alert { background: var(--alert-area); } .k-labelled { background: var(--label-area); }
.k-score, .k-other { background: var(--other); } .k-threshold { background: var(--alert); } .k-third, .k-moment { background: var(--ok); }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; padding-bottom: .3rem; }
th, td { padding: .2rem .6rem; border-top: 1px solid var(--edge); text-align: right; vertical-align: top; }
th:first-child, td:first-child, td.words, th.words { text-align: left; }
td, tbody th { white-space: nowrap; } td.words, tbody th { white-space: normal; min-width: 6.5rem; overflow-wrap: anywhere; }
td.words:last-child { min-width: 16rem; }
thead th { border-top: 0; font-weight: 600; } tbody th { font-weight: 400; text-align: left; }
footer { margin-top: 2rem; border-top: 1px solid var(--edge); padding-top: .6rem; color: var(--muted); font-size: .9em; }
@media print { body { max-width: none; background: #fff; } figure { break-inside: avoid; } nav { display: none; } }
`;
