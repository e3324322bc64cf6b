export { type Baseline, baselineErrors } from "./baseline.js";
export { fitHoltWinters, HoltWinters, type HoltWintersRates } from "./holt-winters.js";
export { Persistence } from "./persistence.js";
export { Ridge, ridgeForecast } from "./ridge.js";
export { SeasonalNaive } from "./seasonal-naive.js";
