/** What the host calls. Pointers are byte offsets into the kernel's memory; every buffer is float32 unless said. */
export { allocate, release } from "./memory";
export { expOf, sigmoidOf, tanhOf } from "./math";
export { writeDecimal } from "./decimal";
export { lagProfiles } from "./detection/lag-profile";
export { nearest, packState } from "./detection/neighbours";
export { dot, learn, leverage } from "./detection/recursive-least-squares";
export { reservoirStep } from "./detection/reservoir";
export { gruBackward, gruForward } from "./training/gru";
export { gruResetBeforeBackward, gruResetBeforeForward } from "./training/gru-reset-before";
export { lstmBackward, lstmForward } from "./training/lstm";
export { multiply, multiplyGradient, sumRows, transpose } from "./training/matrix";
export { multiplyNarrow, multiplyNarrowGradient } from "./training/narrow";
export { rnnBackward, rnnForward } from "./training/rnn";
export { fillRows, fromRows, maskRows, toRows } from "./training/rows";
export { countNonZeros, multiplySparse, multiplySparseGradient } from "./training/sparse";
export { adam, rmsProp, sgd, sumOfSquares } from "./training/update";
export { runSequence, stepRows } from "./step/program";
export { multiplyAdd } from "./peak";
