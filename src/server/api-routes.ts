import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { Dashboard } from "./dashboard.js";
import { isSameOrigin } from "./gatekeeper.js";
import { streamEvents } from "./live-route.js";
import { networkWords, type ShownPipeline } from "./shown-pipeline.js";
import type { StoredQuestion } from "./stored-question.js";
import type { PipelineInfo } from "./wire.js";

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

  // What is stored is read elsewhere: events don't wait for it.
  const ask = async (reply: FastifyReply, { name }: ShownPipeline, question: StoredQuestion) => {
    const { reader } = dashboard;
    if (reader === undefined) return refuse(reply, 503, "NOT_RUNNING", "Nothing is shown now");
    return reply.type("application/json").send(await reader.ask(name, question));
  };
  get("keys", QUERIES.none, (pipeline, _, reply) =>
    ask(reply, pipeline, { what: "keys", muted: pipeline.mutedKeys() }),
  );
  get("history", QUERIES.history, (pipeline, query, reply) =>
    ask(reply, pipeline, { what: "history", before: undefined, ...query }),
  );
  get("alerts", QUERIES.alerts, (pipeline, { limit }, reply) =>
    ask(reply, pipeline, { what: "alerts", limit }),
  );
  get("learning", QUERIES.none, ({ name }) => dashboard.learningOf(name).news);
  get("dead-letters", QUERIES.deadLetters, (pipeline, { before, limit }, reply) =>
    ask(reply, pipeline, { what: "dead-letters", before, limit }),
  );
  get("checkpoints", QUERIES.none, (pipeline, _, reply) => ask(reply, pipeline, { what: "checkpoints" }));
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
      // What can't be done is an answer too.
      return reply.send(answer);
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
