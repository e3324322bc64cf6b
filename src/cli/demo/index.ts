export {
  type AlertMessage,
  type DemoMessage,
  type EddyMessage,
  type FaultMessage,
  type LearningMessage,
  type PredictionMessage,
  readEddyMessage,
  type StatusMessage,
  type TickMessage,
} from "./demo-message.js";
export {
  type AlertLine,
  type DemoSetup,
  type DemoState,
  demoState,
  type PumpState,
  reduceDemo,
  type Truth,
} from "./demo-state.js";
export { type Fault, type FaultKind, FaultSchedule, type FaultScheduleOptions } from "./fault.js";
export { type Fleet, type FleetOptions, type PumpLine, startFleet, type Timer } from "./fleet.js";
export { PLANT, Pump, type PumpReading, type PumpSpec } from "./pump.js";
export { perSecond } from "./rate.js";
export { type Screen, type ScreenOptions, type ScreenStream, screen } from "./screen.js";
export { type DemoTotals, summaryLine } from "./summary-line.js";
export { renderDemo, type ViewOptions } from "./view.js";
