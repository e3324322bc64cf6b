import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { type Lineage, readLineage } from "../runtime/index.js";
import type { Dashboard } from "./dashboard.js";
import { isSameOrigin } from "./gatekeeper.js";
import { lineageNodes } from "./learning-log.js";
import { streamEvents } from "./live-route.js";
import { networkWords, type ShownPipeline } from "./shown-pipeline.js";
import { alertNews, readBoard, readDeadLetters, readHistory } from "./stored.js";
import type { KeyBoard, LineageNode, PipelineInfo } from "./wire.js";

const MOST_PAGES = 16;
const whole = (most: number) => z.coerce.number().int().min(0).max(most);
const position = whole(Number.MAX_SAFE_INTEGER);
const QUERIES = {
  none: z.object({}),
  history: z.object({
    key: z.string().min(1).max(1024),
    before: position.optional(),
    limit: whole(2000).min(1).default(1000),
    target: whole(63).default(0),
  }),
  alerts: z.object({ limit: whole(1000).min(1).default(200) }),
  deadLetters: z.object({ before: position.optional(), limit: whole(200).min(1).default(50) }),
  live: z.object({ key: z.string().min(1).max(1024).optional(), target: whole(63).default(0) }),
};

/** The JSON that the page is made of, and what it may ask for. */
export function apiRoutes(app: FastifyInstance, dashboard: Dashboard): void {
  app.get("/api/pipelines", () => (dashboard.shown?.pipelines ?? []).map((one) => infoOf(one, dashboard)));

  const boards = new Map<string, Promise<KeyBoard>>();
  const get = <Q extends z.ZodType>(
    path: string,
    query: Q,
    answer: (pipeline: ShownPipeline, query: z.output<Q>, reply: FastifyReply) => unknown,
  ) =>
    app.get<{ Params: { pipeline: string } }>(`/api/pipelines/:pipeline/${path}`, (request, reply) => {
      const pipeline = dashboard.shown?.pipelines.find(({ name }) => name === request.params.pipeline);
      if (pipeline === undefined) return refuse(reply, 404, "NO_SUCH_PIPELINE", "No such pipeline runs here");
      const read = query.safeParse(request.query);
      if (!read.success) {
        const found = read.error.issues
          .map(({ path, message }) => `${path.join(".")}: ${message}`)
          .join("; ");
        return refuse(reply, 400, "BAD_QUERY", found);
      }
      return answer(pipeline, read.data, reply);
    });

  get("keys", QUERIES.none, ({ name, stored }) => {
    // Pages that open together share one reading.
    const reading = boards.get(name) ?? readBoard(stored).finally(() => boards.delete(name));
    boards.set(name, reading);
    return reading;
  });
  get("history", QUERIES.history, ({ stored }, query) =>
    readHistory(stored, { before: undefined, ...query }),
  );
  get("alerts", QUERIES.alerts, ({ stored }, { limit }) => stored.lastAlerts(limit).map(alertNews).reverse());
  get("learning", QUERIES.none, ({ name }) => dashboard.learningOf(name).news);
  get("dead-letters", QUERIES.deadLetters, ({ stored }, { before, limit }) =>
    readDeadLetters(stored, before, limit),
  );
  const lineages = new Lineages();
  get("checkpoints", QUERIES.none, ({ stored }) => lineages.of(stored));
  get("live", QUERIES.live, ({ name }, { key, target }, reply) => {
    const feed = dashboard.feedOf(name);
    if (feed === undefined || dashboard.pages >= MOST_PAGES) {
      return refuse(reply, 503, "TOO_MANY_PAGES", `${MOST_PAGES} pages follow the stream already`);
    }
    reply.hijack();
    reply.raw.writeHead(200, { ...plainHeaders(reply), "content-type": "text/event-stream" });
    streamEvents(feed, { key, target }, reply.raw, () => {});
    return reply;
  });

  app.post<{ Params: { pipeline: string; command: string } }>(
    "/api/request/:pipeline/:command",
    async (request, reply) => {
      if (!isSameOrigin(request.headers)) {
        return refuse(reply, 403, "OTHER_ORIGIN", "Requests come from the dashboard's own page only");
      }
      // Without a preflight a page of elsewhere can send text, not JSON.
      if (!/^application\/json\b/.test(request.headers["content-type"] ?? "")) {
        return refuse(reply, 415, "NOT_JSON", "Expected a body of type application/json");
      }
      const { pipeline, command } = request.params;
      const { control } = dashboard;
      if (!control.commands.includes(command)) {
        return refuse(reply, 404, "NO_SUCH_COMMAND", "This can't be asked here");
      }
      const answer = await control.request(pipeline, command, request.body);
      return reply.code(answer.ok ? 200 : 409).send(answer);
    },
  );
}

function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ ok: false, error: { code, message } });
}

function plainHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

function infoOf(shown: ShownPipeline, { control }: Dashboard): PipelineInfo {
  const { name, pipeline, model, status, isReady } = shown;
  const { targets, anomaly } = pipeline;
  return {
    name,
    targets,
    horizons: pipeline.model.horizons,
    network: networkWords(pipeline),
    warmUp: anomaly?.warmUp ?? 0,
    commands: control.commands,
    model,
    status,
    isReady,
  };
}

/** Reading a log with all its weights takes a while: it is read again when something was added. */
class Lineages {
  readonly #read = new Map<string, { readonly reached: number; readonly nodes: readonly LineageNode[] }>();

  of(stored: ShownPipeline["stored"]): readonly LineageNode[] {
    const known = this.#read.get(stored.name);
    const reached = stored.lastPosition();
    const isNews = known === undefined || stored.logEntries(known.reached).length > 0;
    if (!isNews) return known.nodes;
    const lineage: Lineage = readLineage(stored);
    const nodes = lineageNodes(lineage);
    // An entry takes effect before the event at its position: one that comes next may stand there.
    this.#read.set(stored.name, { reached, nodes });
    return nodes;
  }
}
