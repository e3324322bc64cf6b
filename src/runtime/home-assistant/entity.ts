/**
 * One entity of a device, as Home Assistant's MQTT integration describes it: `platform` says which kind, the rest are
 * its configuration variables.
 *
 * https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
 */
export type HomeAssistantEntity = {
  readonly platform: "sensor" | "binary_sensor" | "button" | "number";
  readonly unique_id: string;
  readonly name: string;
} & Readonly<Record<string, string | number | boolean>>;

/** What is published on `homeassistant/device/<object id>/config`. */
export interface HomeAssistantDevice {
  readonly device: {
    readonly identifiers: readonly string[];
    readonly name: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly via_device?: string;
  };
  readonly origin: { readonly name: string };
  readonly components: Readonly<Record<string, HomeAssistantEntity>>;
  readonly availability_topic: string;
  readonly availability_template: string;
  readonly qos: number;
}

/**
 * A text as it stands in a Jinja template: what looks like a template in it stays text, wherever it comes from.
 */
export function jinjaText(text: string): string {
  return JSON.stringify(text).replace(
    /[{}%]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
