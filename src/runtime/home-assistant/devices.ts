import { createHash } from "node:crypto";
import { type Topics, topicsOf } from "../../mqtt/index.js";
import type { Pipeline } from "../../spec/index.js";
import { type HomeAssistantDevice, type HomeAssistantEntity, jinjaText } from "./entity.js";

/** First level of Home Assistant's own topics, unless its user has changed it. */
const PREFIX = "homeassistant";

/** Where Home Assistant says `online` when it has started, and waits for devices. */
export const HOME_ASSISTANT_STATUS = `${PREFIX}/status`;

/** Bounds of the slider; see the request `sensitivity`. */
const SENSITIVITY = { min: 0.1, max: 1.6, step: 0.1 };

/** Where a device is announced; an empty message there takes it back. @param key undefined: the pipeline's own */
export function discoveryTopic(pipeline: Pipeline, key?: string): string {
  return `${PREFIX}/device/${objectId(pipeline, key)}/config`;
}

/** The pipeline itself: its state, and what may be asked of all of it. */
export function pipelineDevice(pipeline: Pipeline): HomeAssistantDevice {
  const id = objectId(pipeline);
  const topics = topicsOf(pipeline.output.base, pipeline.name);
  const entity = entityMaker(id);
  return {
    device: { identifiers: [id], name: `Eddy ${pipeline.name}`, manufacturer: "Eddy", model: "pipeline" },
    ...common(topics),
    components: {
      ...entity("status", "sensor", "Status", {
        state_topic: topics.status,
        value_template: "{{ value_json.state }}",
        json_attributes_topic: topics.status,
        json_attributes_template: "{{ {'why': value_json.why} | tojson }}",
        entity_category: "diagnostic",
        icon: "mdi:waves",
      }),
      ...button(pipeline, topics, entity, "tune", "Fine-tune now", {}, "mdi:tune-variant"),
    },
  };
}

/** One key: a sensor for every forecast and for the score, a problem while an alert is open, buttons, the sensitivity. */
export function keyDevice(pipeline: Pipeline, key: string): HomeAssistantDevice {
  const id = objectId(pipeline, key);
  const topics = topicsOf(pipeline.output.base, pipeline.name);
  const entity = entityMaker(id);
  const ask = (command: Command, name: string, body: object, icon: string) =>
    button(pipeline, topics, entity, command, name, { key, ...body }, icon);
  return {
    device: {
      identifiers: [id],
      name: `${key} (${pipeline.name})`,
      manufacturer: "Eddy",
      model: `key of pipeline ${pipeline.name}`,
      via_device: objectId(pipeline),
    },
    ...common(topics),
    components: {
      ...problem(pipeline, topics, key, entity),
      ...(pipeline.output.predictions ? numbers(pipeline, topics.prediction(key), entity) : {}),
      ...ask("reset", "Reset state", {}, "mdi:restart"),
      ...ask("label", "Last alert was false", { label: "false-alarm" }, "mdi:thumb-down-outline"),
      ...ask("mute", "Mute for a day", { for: "1d" }, "mdi:bell-sleep-outline"),
      ...sensitivity(pipeline, topics, key, entity),
    },
  };
}

type Command = Pipeline["control"]["mqtt"][number];
type Components = Readonly<Record<string, HomeAssistantEntity>>;
type EntityMaker = (
  part: string,
  platform: HomeAssistantEntity["platform"],
  name: string,
  options: Readonly<Record<string, string | number | boolean>>,
) => Components;

function entityMaker(id: string): EntityMaker {
  return (part, platform, name, options) => ({
    [part]: { platform, unique_id: `${id}-${part}`, name, ...options },
  });
}

function common(
  topics: Topics,
): Pick<HomeAssistantDevice, "origin" | "availability_topic" | "availability_template" | "qos"> {
  return {
    origin: { name: "Eddy" },
    // Birth and last will.
    availability_topic: topics.status,
    availability_template: "{{ 'offline' if value_json.state == 'offline' else 'online' }}",
    qos: 1,
  };
}

/** On while an alert is open; its reason is an attribute. */
function problem(
  { output, anomaly }: Pipeline,
  topics: Topics,
  key: string,
  entity: EntityMaker,
): Components {
  if (anomaly === undefined) return {};
  const alert = topics.alert(key);
  const state = output.predictions
    ? { state_topic: topics.prediction(key), value_template: "{{ 'ON' if value_json.alert else 'OFF' }}" }
    : {
        state_topic: alert,
        // When it is cleared the retained message goes: the payload is empty.
        value_template: "{{ 'OFF' if value_json is not defined or value_json.state == 'cleared' else 'ON' }}",
      };
  return entity("problem", "binary_sensor", "Problem", {
    device_class: "problem",
    ...state,
    ...(output.alerts && {
      json_attributes_topic: alert,
      json_attributes_template: "{{ (value_json if value_json is defined else {}) | tojson }}",
    }),
  });
}

/** The score, and what is expected next: of every target, at every horizon. */
function numbers({ targets, model, anomaly }: Pipeline, topic: string, entity: EntityMaker): Components {
  const sensor = (part: string, name: string, value: string, icon: string) =>
    entity(part, "sensor", name, {
      state_topic: topic,
      value_template: `{{ ${value} | default(none) }}`,
      state_class: "measurement",
      icon,
    });
  const all: Record<string, HomeAssistantEntity> = {};
  if (anomaly) {
    const score = sensor("score", "Score", "value_json.score", "mdi:gauge");
    Object.assign(all, { score: { ...score["score"], suggested_display_precision: 2 } });
  }
  for (const [t, target] of targets.entries()) {
    for (const [h, steps] of model.horizons.entries()) {
      const ahead = `(value_json['next'][${h}] | default({})).forecast`;
      const value = targets.length === 1 ? ahead : `(${ahead} | default({}, true))[${jinjaText(target)}]`;
      const name = `${target} ${steps === 1 ? "next" : `in ${steps} events`}`;
      Object.assign(all, sensor(`forecast-${t}-${h}`, name, value, "mdi:chart-timeline-variant"));
    }
  }
  return all;
}

/** Only of what the pipeline takes over MQTT. */
function button(
  { control }: Pipeline,
  topics: Topics,
  entity: EntityMaker,
  command: Command,
  name: string,
  body: object,
  icon: string,
): Components {
  if (!control.mqtt.includes(command)) return {};
  return entity(command, "button", name, {
    command_topic: topics.request(command),
    payload_press: JSON.stringify({ ...body, why: "Home Assistant" }),
    entity_category: "config",
    icon,
  });
}

function sensitivity(
  { control, anomaly }: Pipeline,
  topics: Topics,
  key: string,
  entity: EntityMaker,
): Components {
  if (anomaly === undefined || !control.mqtt.includes("sensitivity")) return {};
  return entity("sensitivity", "number", "Sensitivity", {
    command_topic: topics.request("sensitivity"),
    command_template: `{{ {'key': ${jinjaText(key)}, 'value': value, 'why': 'Home Assistant'} | tojson }}`,
    optimistic: true,
    ...SENSITIVITY,
    mode: "slider",
    entity_category: "config",
    icon: "mdi:tune",
  });
}

/** Of letters, digits, `_` and `-`, which is all that Home Assistant takes in a topic; different for different keys. */
function objectId({ name, output }: Pipeline, key?: string): string {
  const parts = [output.base, name, ...(key === undefined ? [] : [key])];
  const plain = parts
    .join("-")
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .slice(0, 64);
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 8);
  return `${plain}-${hash}`;
}
