import type { Pipeline } from "../spec/index.js";
import { requestFilters } from "./control/index.js";
import { homeAssistantFilters } from "./home-assistant/index.js";
import { markTopics } from "./mark-topics.js";

/** All that a pipeline subscribes to: its input, marks, requests, Home Assistant's birth. */
export function listenFilters(pipeline: Pipeline): string[] {
  return [
    ...pipeline.input.topics,
    ...markTopics(pipeline.sequence).map(({ filter }) => filter),
    ...requestFilters(pipeline),
    ...homeAssistantFilters(pipeline),
  ];
}
