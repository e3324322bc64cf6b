import type { Request } from "../../core/index.js";
import { type Connection, type InboundPacket, topicsOf } from "../../mqtt/index.js";
import type { Pipeline } from "../../spec/index.js";
import type { Log } from "../log.js";
import type { Answer, PipelineControl } from "./pipeline-control.js";

const MOST_BYTES = 65_536;

/** Topics that a pipeline listens to for requests: one for each command that its file switches on. */
export function requestFilters({ name, output, control }: Pipeline): string[] {
  const topics = topicsOf(output.base, name);
  return control.mqtt.map((command) => topics.request(command));
}

/**
 * Reads requests off the wire: the topic's last level is the command, the payload its body, empty or JSON. Answers go
 * to the response topic, with the correlation data; where the protocol has none (3.1.1), the body's `reply` and
 * `id` stand in for them.
 */
export function answerMqtt(
  pipeline: Pipeline,
  control: PipelineControl,
  connection: Connection,
  log: Log,
): { isRequest(topic: string): boolean; read(packet: InboundPacket): Request | undefined } {
  const filters = new Set(requestFilters(pipeline));
  return {
    isRequest: (topic) => filters.has(topic),
    read(packet) {
      // Retained, it would be asked again at every start.
      if (packet.retain) return undefined;
      const command = packet.topic.slice(packet.topic.lastIndexOf("/") + 1);
      const body = parse(packet.payload);
      const { correlationData } = packet;
      const id = correlationData === undefined ? "" : Buffer.from(correlationData).toString("hex");
      const topic = packet.responseTopic ?? replyIn(body);
      const onAnswer = (answer: Answer): void => {
        if (!answer.ok) log.warn(`${pipeline.name}: request refused: ${answer.error.message}`);
        if (topic === undefined) return;
        const payload = JSON.stringify({ ...answer, ...idIn(body) });
        connection
          .publish({
            topic,
            payload,
            qos: 1,
            contentType: "application/json",
            ...(correlationData === undefined ? {} : { correlationData }),
          })
          .catch((error: unknown) => log.warn(`${pipeline.name}: request not answered: ${error}`));
      };
      return control.read(command, body, id, onAnswer);
    },
  };
}

/** What isn't JSON is handed on as the text that it is: the command says what it expects. */
function parse(payload: Uint8Array): unknown {
  if (payload.length === 0) return {};
  if (payload.length > MOST_BYTES) return `${payload.length} bytes`;
  const text = new TextDecoder().decode(payload);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function replyIn(body: unknown): string | undefined {
  const reply = fieldOf(body, "reply");
  return typeof reply === "string" && reply !== "" && !/[+#]/.test(reply) ? reply : undefined;
}

function idIn(body: unknown): { id?: string } {
  const id = fieldOf(body, "id");
  return typeof id === "string" ? { id } : {};
}

function fieldOf(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}
