export { type Address, DEFAULT_ADDRESS, isLoopback, parseAddress } from "./address.js";
export type { Control } from "./control.js";
export { Dashboard, type DashboardOptions } from "./dashboard.js";
export type { Shown, ShownPipeline } from "./shown-pipeline.js";
