import type {
  AlertNews,
  DeadLetterView,
  History,
  KeyBoard,
  LearningNews,
  LineageNode,
  PipelineInfo,
  RequestAnswer,
} from "../wire.js";

async function get<T>(
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): Promise<T> {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const search = given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
  const response = await fetch(`api/${path}${search}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const of = (pipeline: string, path: string): string => `pipelines/${encodeURIComponent(pipeline)}/${path}`;

export const api = {
  pipelines: () => get<PipelineInfo[]>("pipelines"),
  keys: (pipeline: string) => get<KeyBoard>(of(pipeline, "keys")),
  history: (pipeline: string, key: string, target: number, before?: number) =>
    get<History>(of(pipeline, "history"), { key, target, before, limit: before === undefined ? 600 : 2000 }),
  alerts: (pipeline: string) => get<AlertNews[]>(of(pipeline, "alerts"), { limit: 1000 }),
  learning: (pipeline: string) => get<LearningNews[]>(of(pipeline, "learning")),
  checkpoints: (pipeline: string) => get<LineageNode[]>(of(pipeline, "checkpoints")),
  deadLetters: (pipeline: string, before?: number) =>
    get<DeadLetterView[]>(of(pipeline, "dead-letters"), { before, limit: 50 }),

  /** Asks something of the pipeline; what can't be done is answered with the reason. */
  async request(pipeline: string, command: string, body: object): Promise<RequestAnswer> {
    try {
      const path = `api/request/${encodeURIComponent(pipeline)}/${encodeURIComponent(command)}`;
      const response = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return (await response.json()) as RequestAnswer;
    } catch (error) {
      return { ok: false, error: { code: "UNREACHABLE", message: `Eddy does not answer: ${error}` } };
    }
  },
};
