import type { RequestAnswer } from "./wire.js";

/** Through which the page asks something of a running pipeline. */
export interface Control {
  /** What may be asked; the page shows no buttons for the rest. */
  readonly commands: readonly string[];
  /** Never rejects: what can't be done is answered with the reason. */
  request(pipeline: string, command: string, body: unknown): Promise<RequestAnswer>;
}
