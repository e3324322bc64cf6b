import type { NetworkShape } from "../../src/cells/index.js";

/** One small network of every kind, alone and stacked. */
export const shapes: readonly (readonly [string, NetworkShape])[] = [
  ["Network of RnnCell (tanh)", { cell: "rnn", inputs: 3, hidden: 5, layers: 1, outputs: 2 }],
  [
    "Network of RnnCell (relu)",
    { cell: "rnn", nonlinearity: "relu", inputs: 3, hidden: 7, layers: 1, outputs: 2 },
  ],
  [
    "Network of RnnCell (sigmoid)",
    { cell: "rnn", nonlinearity: "sigmoid", inputs: 3, hidden: 4, layers: 1, outputs: 2 },
  ],
  ["Network of GruCell", { cell: "gru", inputs: 3, hidden: 5, layers: 1, outputs: 2 }],
  ["Network of LstmCell", { cell: "lstm", inputs: 3, hidden: 5, layers: 1, outputs: 2 }],
  ["Network of two RnnCells", { cell: "rnn", inputs: 2, hidden: 4, layers: 2, outputs: 3 }],
  ["Network of two GruCells", { cell: "gru", inputs: 2, hidden: 4, layers: 2, outputs: 1 }],
  [
    "Network of ResetBeforeGruCell",
    { cell: "gru", resetAfter: false, inputs: 3, hidden: 5, layers: 2, outputs: 2 },
  ],
  [
    "Network of LstmCell with peepholes",
    { cell: "lstm", peepholes: true, inputs: 3, hidden: 4, layers: 2, outputs: 2 },
  ],
  ["Network of three LstmCells", { cell: "lstm", inputs: 1, hidden: 3, layers: 3, outputs: 2 }],
];

/** Networks that read from both ends: whole sequences only. */
export const bidirectionalShapes: readonly (readonly [string, NetworkShape])[] = [
  [
    "bidirectional Network of GruCells",
    { cell: "gru", bidirectional: true, inputs: 3, hidden: 4, layers: 1, outputs: 2 },
  ],
  [
    "bidirectional Network of two LstmCells",
    { cell: "lstm", peepholes: true, bidirectional: true, inputs: 2, hidden: 3, layers: 2, outputs: 2 },
  ],
];
