export { AlertCycle, type AlertCycleOptions, type AlertStep } from "./alert-cycle.js";
export { DUE, scoreOf } from "./score.js";
