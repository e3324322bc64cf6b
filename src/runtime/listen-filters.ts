import type { Pipeline } from "../spec/index.js";
import { requestFilters } from "./control/index.js";
import { homeAssistantFilters } from "./home-assistant/index.js";

/** All that a pipeline subscribes to: its input, requests, Home Assistant's birth. */
export function listenFilters(pipeline: Pipeline): string[] {
  return [...pipeline.input.topics, ...requestFilters(pipeline), ...homeAssistantFilters(pipeline)];
}
