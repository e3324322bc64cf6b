import { z } from "zod";

/*
 * What Home Assistant takes on homeassistant/device/ID/config, and refuses: written after its documentation
 * (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload and the pages of sensor, binary_sensor,
 * button and number) and the validators of its MQTT integration (schemas.py, sensor.py, ...). Only what Eddy uses;
 * names are not abbreviated.
 */

/** A topic that may be published to: no wildcards, no NUL, 1 to 65535 bytes. */
const topic = z
  .string()
  .regex(/^[^+#\0]+$/)
  .max(65_535);
const template = z.string().min(1);
const qos = z.union([z.literal(0), z.literal(1), z.literal(2)]);
const icon = z.string().regex(/^mdi:[a-z-]+$/);

const common = {
  unique_id: z.string().min(1),
  name: z.string().min(1),
  icon: icon.optional(),
  entity_category: z.enum(["config", "diagnostic"]).optional(),
  json_attributes_topic: topic.optional(),
  json_attributes_template: template.optional(),
  qos: qos.optional(),
};

const sensor = z.strictObject({
  platform: z.literal("sensor"),
  ...common,
  state_topic: topic,
  value_template: template.optional(),
  state_class: z.enum(["measurement", "total", "total_increasing"]).optional(),
  unit_of_measurement: z.string().optional(),
  suggested_display_precision: z.number().int().min(0).optional(),
  expire_after: z.number().int().min(0).optional(),
});

const binarySensor = z.strictObject({
  platform: z.literal("binary_sensor"),
  ...common,
  state_topic: topic,
  value_template: template.optional(),
  device_class: z.enum(["problem", "running", "connectivity"]).optional(),
  payload_on: z.string().default("ON"),
  payload_off: z.string().default("OFF"),
});

const button = z.strictObject({
  platform: z.literal("button"),
  ...common,
  command_topic: topic,
  command_template: template.optional(),
  payload_press: z.string().default("PRESS"),
  retain: z.boolean().optional(),
});

const number = z.strictObject({
  platform: z.literal("number"),
  ...common,
  command_topic: topic,
  command_template: template.optional(),
  state_topic: topic.optional(),
  optimistic: z.boolean().optional(),
  min: z.number().default(1),
  max: z.number().default(100),
  step: z.number().min(1e-3).default(1),
  mode: z.enum(["auto", "box", "slider"]).optional(),
});

/** Of a topic of discovery: `<prefix>/device/[<node>/]<object id>/config`. */
export const DISCOVERY_TOPIC = /^homeassistant\/device\/(?:[a-zA-Z0-9_-]+\/)?[a-zA-Z0-9_-]+\/config$/;

export const deviceDiscovery = z.strictObject({
  device: z.strictObject({
    identifiers: z.array(z.string()).min(1),
    name: z.string(),
    manufacturer: z.string().optional(),
    model: z.string().optional(),
    sw_version: z.string().optional(),
    via_device: z.string().optional(),
  }),
  origin: z.strictObject({
    name: z.string(),
    sw_version: z.string().optional(),
    support_url: z.url().optional(),
  }),
  components: z.record(z.string(), z.discriminatedUnion("platform", [sensor, binarySensor, button, number])),
  availability_topic: topic.optional(),
  availability_template: template.optional(),
  payload_available: z.string().default("online"),
  payload_not_available: z.string().default("offline"),
  state_topic: topic.optional(),
  command_topic: topic.optional(),
  qos: qos.optional(),
  encoding: z.string().optional(),
});
