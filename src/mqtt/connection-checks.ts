import { problem, validFilter, validTopic } from "../core/index.js";
import type { OnPublished } from "./connection.js";

/** @throws what `send` or `onPublished` is told */
export function promised(send: (onPublished: OnPublished) => void): Promise<void> {
  return new Promise((resolve, reject) => send((error) => (error ? reject(error) : resolve())));
}

/** @throws RangeError code `BAD_TOPIC_FILTER` unless there is a filter and all are valid */
export function checkFilters(filters: readonly string[]): void {
  const bad = filters.find((filter) => !validFilter(filter));
  if (filters.length > 0 && bad === undefined) return;
  throw problem(RangeError, {
    code: "BAD_TOPIC_FILTER",
    action: "subscribe to",
    on: JSON.stringify(bad ?? filters),
    expected: "one valid topic filter or more",
    found:
      bad === undefined ? "none" : "+ or # beside other characters, # before the end, or no filter at all",
  });
}

/** Code `BAD_TOPIC`; undefined where it may be published to. */
export function topicProblem(topic: string): Error | undefined {
  if (validTopic(topic)) return undefined;
  return problem(RangeError, {
    code: "BAD_TOPIC",
    action: "publish to",
    on: JSON.stringify(topic),
    expected: "a topic of 1 to 65535 bytes without +, # and NUL",
    found: "one that is not",
  });
}

/** Code `CONNECTION_OPENED_TWICE`. */
export function openedTwice(who: string): Error {
  return problem(Error, {
    code: "CONNECTION_OPENED_TWICE",
    action: "open the connection of",
    on: JSON.stringify(who),
    expected: "one that was never open",
    found: "one that is or was",
  });
}

/** Code `OFFLINE`: the message may be published again later. */
export function offline(topic: string, why = "not connected"): Error {
  return problem(Error, {
    code: "OFFLINE",
    action: "publish to",
    on: JSON.stringify(topic),
    expected: "a connection to the broker until it has the message",
    found: why,
  });
}

/** Code `PUBLISH_REFUSED`: publishing it again would not help. */
export function publishRefused(topic: string, expected: string, found: string, cause?: unknown): Error {
  return problem(Error, {
    code: "PUBLISH_REFUSED",
    action: "publish to",
    on: JSON.stringify(topic),
    expected,
    found,
    cause,
  });
}
