import { test } from "vitest";
import { lines, GOOD } from "./lines.js";
const cases: string[] = [
"", "[]", "just text", "name: [a", "name: a\nname: b\ninput: {topics: [x]}\ntarget: v", "name: a\n---\nname: b",
"name: *x", "name: &a [*a]", "name: !!foo a\ninput: {topics: [x]}\ntarget: v",
"a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]",
"[".repeat(50), "- ".repeat(50)+"a",
"name: pump 1\ninput: {}", "name: a\ninput:\n  topics: plant/a\ntarget: v",
"name: a\ninput:\n  topics: [plant/a]\n  topcis: 3\ntarget: v",
GOOD+"sequence: { gap: 600, late: dorp }", GOOD+"sequence: { gap: 0s }",
GOOD+"modle: { cell: gru }", GOOD+"model: { cell: gur }", GOOD+"model: gru", GOOD+"model: { hidden: 1.5, layers: 9, horizon: 0, seed: -1 }",
GOOD+"model: { horizon: [2, 1] }", GOOD+"model: { horizon: [1, 1] }", GOOD+"model: { horizon: [] }",
GOOD+"model: { file: a.onnx, hidden: 3 }", GOOD+"model: { file: a.pt }", GOOD+"model: { file: a.onnx, output: scalde }",
GOOD+"model: { cold-start: { events: 5 } }",
GOOD+"anomaly: true", GOOD+"anomaly: { alerts-per-day: 0, warm-up: 0, hold: 0 }",
GOOD+"learn: { every: 0, tbptt: [64, 32], budget: 20 }", GOOD+"learn: { tbptt: [1] }", GOOD+"learn: { tbptt: 3 }",
GOOD+"output: { predictions: yes, qos: 2, base: a/#, expiry: 1y }",
GOOD+"store: { retention: { age: forever, size: 2 GB? }, durability: powerloss, snapshot-every: now }",
GOOD.replace("features: [rms]","features: [3, { feild: a }, { field: a, scale: robsut }, { field: a, scale: { mean: 1, sd: 0 } }, { calendar: hour }, { difference: a, calendar: hour-of-day }, '']"),
GOOD.replace("features: [rms]","features: []\ntarget: []"),
GOOD.replace("time: ts","codec: senml, time-unit: min, zone: Mars/Base, retained: keep, max-ahead: 1, max-bytes: big, id: ''"),
GOOD.replace("{topic[1]}","{topic[1"),
GOOD+"broker: { url: localhost, username: '', tls: true }",
GOOD+"broker: { password: $"+"{NOPE} }", GOOD+"broker: { password: \"a$"+"{NOPE}b$"+"{2X}\" }",
GOOD+"tests:\n  - name: t\n    rows: 3\n    expects: { rows: 3 }", GOOD+"tests:\n  - { name: t, series: { count: 0, every: 1m, start: yesterday, fields: { rms: { levle: 1, faults: [{ at: -1, stuck: false }] } } }, expect: { notes: { laet: 1 }, alerts: many, cells: [{ row: 0, column: a, value: [1] }] } }",
];
test("x", () => { for (const c of cases) console.log(`${JSON.stringify(c.replace(GOOD,"GOOD+"))}\n${lines(c).map(l=>"   "+l).join("\n")}`); });
