import { type Environment, lintReport, parsePipeline } from "../../src/spec/index.js";

/** What `eddy lint` would print of a text, line by line. */
export function lines(text: string, environment: Environment = {}): string[] {
  return lintReport("p.yaml", parsePipeline(text, { environment }).problems).split("\n").slice(0, -1);
}

/** A pipeline that is all right, for tests to add to. */
export const GOOD = `name: pump
input: { topics: ["plant/+/vibration"], key: "{topic[1]}", time: ts }
features: [rms]
`;
