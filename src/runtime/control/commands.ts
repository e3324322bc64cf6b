import { z } from "zod";
import {
  ByteWriter,
  LABELS,
  type Label,
  type LabelKind,
  parseDuration,
  problem,
  type Request,
  request,
  timeReader,
  writeLabel,
} from "../../core/index.js";
import type { PipelineReader } from "../../store/index.js";
import { writePromotion } from "../../stream/index.js";
import { findCheckpoint, readLineage } from "../checkpoints.js";

/** What may be asked of a running pipeline by name: over MQTT, the local socket, HTTP. */
export const COMMANDS = [
  "state",
  "model",
  "reset",
  "label",
  "mute",
  "sensitivity",
  "tune",
  "promote",
  "rollback",
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** Those that only look. */
export type QueryName = "state" | "model";
type ChangeName = Exclude<CommandName, QueryName>;

const key = z.string().min(1);
const why = z.string().max(200).optional();
const id = z.string().max(200).optional();
const common = { why, id, reply: z.string().max(1024).optional() };
const time = z.union([z.number(), z.string()]);

/** The body of each command: a JSON object. */
const BODIES = {
  state: z.strictObject({ ...common, key: key.optional() }),
  model: z.strictObject(common),
  reset: z.strictObject({ ...common, key }),
  label: z.strictObject({
    ...common,
    key,
    label: z.enum(LABELS),
    from: time.optional(),
    to: time.optional(),
  }),
  mute: z.strictObject({ ...common, key: key.optional(), for: z.string() }),
  sensitivity: z.strictObject({ ...common, key, value: z.number().min(0.1).max(1.6) }),
  tune: z.strictObject(common),
  promote: z.strictObject({ ...common, model: z.string().min(1) }),
  rollback: z.strictObject(common),
} as const;

/** Alerts among which a false one is looked for. */
const LOOKED_AT = 1000;

export interface CommandContext {
  readonly store: PipelineReader;
  readonly zone: string;
}

/** A body that fits its command. @throws TypeError code `BAD_REQUEST`, all that doesn't fit at once */
export function readBody<C extends CommandName>(command: C, body: unknown): z.output<(typeof BODIES)[C]> {
  const read = BODIES[command].safeParse(body ?? {});
  if (read.success) return read.data as z.output<(typeof BODIES)[C]>;
  const found = read.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw problem(TypeError, {
    code: "BAD_REQUEST",
    action: "read request",
    on: command,
    expected: `an object with ${Object.keys(BODIES[command].shape).join(", ")}`,
    found: found.join("; "),
  });
}

/**
 * A request of a command and its body, for the stream.
 *
 * @param more how it is known when it comes again, and who waits for its end
 * @throws TypeError code `BAD_REQUEST`; RangeError codes `BAD_DURATION`, `BAD_TIME`, `NO_SUCH_CHECKPOINT`;
 *   SyntaxError code `BAD_TIME`
 */
export function readRequest(
  command: ChangeName,
  body: unknown,
  context: CommandContext,
  more: Pick<Request, "onSettled" | "id">,
): Request {
  const parts = (own: { readonly why?: string | undefined; readonly id?: string | undefined }) => ({
    ...more,
    kind: command,
    id: more.id || (own.id ?? ""),
    why: own.why ?? "asked for",
  });
  switch (command) {
    case "reset": {
      const own = readBody("reset", body);
      return request({ ...parts(own), key: own.key });
    }
    case "label": {
      const own = readBody("label", body);
      return request({ ...parts(own), key: own.key, body: writeLabel(labelOf(own, context)) });
    }
    case "mute": {
      const own = readBody("mute", body);
      const forMs = parseDuration(own.for);
      // For no time: it ends.
      const until = forMs > 0 ? newestTime(context.store, own.key) + forMs : Number.NEGATIVE_INFINITY;
      return request({ ...parts(own), key: own.key ?? "", body: new ByteWriter().f64(until).finish() });
    }
    case "sensitivity": {
      const own = readBody("sensitivity", body);
      return request({ ...parts(own), key: own.key, body: new ByteWriter().f64(own.value).finish() });
    }
    case "promote": {
      const own = readBody("promote", body);
      const { checkpoint } = findCheckpoint([readLineage(context.store)], own.model);
      return request({ ...parts(own), body: writePromotion(checkpoint) });
    }
    default:
      return request(parts(readBody(command, body)));
  }
}

/** Without times: a false alarm is the key's newest alert, anything else is of now. */
function labelOf(
  own: {
    readonly key: string;
    readonly label: LabelKind;
    readonly from?: string | number | undefined;
    readonly to?: string | number | undefined;
  },
  { store, zone }: CommandContext,
): Label {
  const times = timeReader({ zone });
  const now = newestTime(store, own.key);
  const alert = store.lastAlerts(LOOKED_AT).findLast((row) => row.key === own.key);
  const isAlerts = own.label === "false-alarm" && alert !== undefined;
  const from = own.from === undefined ? (isAlerts ? alert.change.since : now) : times.read(own.from);
  const end = isAlerts && alert.change.state === "cleared" ? alert.time : now;
  const open = own.label === "normal-from-here" ? Number.POSITIVE_INFINITY : Math.max(end, from);
  const to = own.to === undefined ? open : times.read(own.to);
  if (to >= from) return { label: own.label, from, to };
  throw problem(RangeError, {
    code: "BAD_TIME",
    action: "label",
    on: `from ${new Date(from).toISOString()}`,
    expected: "an end that is not before its beginning",
    found: new Date(to).toISOString(),
  });
}

/** Event time of a key's newest event, or of any, ms; 0 before the first. */
export function newestTime(store: PipelineReader, key?: string): number {
  return key === undefined ? store.newestTime() : (store.key(key)?.lastTime ?? 0);
}
