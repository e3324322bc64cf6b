import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Registry } from "prom-client";
import { problem } from "../core/index.js";
import { type Address, hostInUrl, isLoopback } from "./address.js";
import { apiRoutes } from "./api-routes.js";
import { BackgroundReader } from "./background-reader.js";
import type { Control } from "./control.js";
import { Gatekeeper, isOwnName } from "./gatekeeper.js";
import { LearningLog } from "./learning-log.js";
import { LiveFeed } from "./live-feed.js";
import { metricsRegistry } from "./metrics.js";
import { type PageFile, readPageFiles } from "./page-files.js";
import type { Shown, ShownPipeline } from "./shown-pipeline.js";

export interface DashboardOptions {
  readonly address: Address;
  /** Needed where anybody but this machine can reach it. */
  readonly password?: string | undefined;
  /** Of Eddy. */
  readonly version: string;
  /** Where the built page lies; default: beside the server. */
  readonly page?: string;
}

/** Requests that anybody may make: probes have no password, and learn nothing but this. */
const OPEN = new Set(["/healthz", "/readyz"]);
const MOST_BODY = 16_384;
const MOST_CONNECTIONS = 128;

/** Nothing from elsewhere, nothing inline, nowhere in a frame. */
const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/**
 * The page, its JSON, metrics and health over HTTP. It listens before there is anything to show, so that probes
 * are answered while a long journal is stepped; `show` gives it what runs.
 */
export class Dashboard {
  readonly #options: DashboardOptions;
  readonly #app: FastifyInstance;
  readonly #registry: Registry;
  readonly #feeds = new Map<string, LiveFeed>();
  readonly #learning = new Map<string, LearningLog>();
  readonly #gatekeeper: Gatekeeper | undefined;
  readonly #files: ReadonlyMap<string, PageFile>;
  #unwatch: (() => void)[] = [];
  #shown: Shown | undefined;
  #reader: BackgroundReader | undefined;
  #control: Control = { commands: [], request: async () => notRunning };
  #failure: string | undefined;

  private constructor(options: DashboardOptions) {
    this.#options = options;
    this.#gatekeeper = options.password === undefined ? undefined : new Gatekeeper(options.password);
    this.#files = readPageFiles(options.page);
    this.#registry = metricsRegistry({
      version: options.version,
      shown: () => this.#shown,
      learning: (name) => this.learningOf(name),
      pages: () => this.pages,
    });
    this.#app = fastify({
      bodyLimit: MOST_BODY,
      routerOptions: { maxParamLength: 512 },
      requestTimeout: 10_000,
      connectionTimeout: 0,
      keepAliveTimeout: 30_000,
      forceCloseConnections: true,
      exposeHeadRoutes: false,
    });
    this.#app.server.maxConnections = MOST_CONNECTIONS;
    this.#app.server.headersTimeout = 10_000;
    this.#routes();
  }

  /**
   * @throws Error codes `PASSWORD_NEEDED` where others than this machine could reach it without one,
   *   `ADDRESS_IN_USE`, `ADDRESS_NOT_AVAILABLE`
   */
  static async open(options: DashboardOptions): Promise<Dashboard> {
    const { address, password } = options;
    if (!isLoopback(address.host) && !password) {
      throw problem(Error, {
        code: "PASSWORD_NEEDED",
        action: "open the dashboard",
        on: `${address.host}, which others can reach`,
        expected: "a password (--dashboard-password-file FILE, or EDDY_DASHBOARD_PASSWORD)",
        found: "none",
      });
    }
    const dashboard = new Dashboard(options);
    try {
      await dashboard.#app.listen({ host: address.host, port: address.port });
      return dashboard;
    } catch (error) {
      await dashboard.#app.close();
      const code = (error as NodeJS.ErrnoException).code;
      throw problem(Error, {
        code: code === "EADDRINUSE" ? "ADDRESS_IN_USE" : "ADDRESS_NOT_AVAILABLE",
        action: "open the dashboard",
        on: `${hostInUrl(address.host)}:${address.port}`,
        expected: "an address of this machine with a free port (--dashboard HOST:PORT)",
        found: code === "EADDRINUSE" ? "that something else listens there" : String(code ?? error),
        cause: error,
      });
    }
  }

  /** Where to point a browser. */
  get url(): string {
    const { host } = this.#options.address;
    const bound = this.#app.server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : this.#options.address.port;
    return `http://${hostInUrl(host)}:${port}`;
  }

  /** Pages that follow the stream. */
  get pages(): number {
    return [...this.#feeds.values()].reduce((sum, feed) => sum + feed.readers, 0);
  }

  get shown(): Shown | undefined {
    return this.#shown;
  }

  /** Of what is stored, while something is shown. */
  get reader(): BackgroundReader | undefined {
    return this.#reader;
  }

  get control(): Control {
    return this.#control;
  }

  /** From now on this is shown. */
  show(shown: Shown, control: Control): void {
    this.#hide();
    void this.#reader?.close();
    this.#shown = shown;
    this.#reader = new BackgroundReader(shown.directory);
    this.#control = control;
    for (const pipeline of shown.pipelines) {
      this.#feeds.set(pipeline.name, new LiveFeed(pipeline, shown, this.learningOf(pipeline.name)));
      const onLearning: Parameters<ShownPipeline["watch"]>[0]["onLearning"] = (report) => {
        const news = this.learningOf(pipeline.name).add(report, Date.now());
        this.#feeds.get(pipeline.name)?.learned(news);
      };
      this.#unwatch.push(pipeline.watch({ onLearning }));
    }
  }

  /** A pipeline has ended with an error: probes are told. */
  failed(why: string): void {
    this.#failure = why;
  }

  feedOf(name: string): LiveFeed | undefined {
    return this.#feeds.get(name);
  }

  learningOf(name: string): LearningLog {
    let log = this.#learning.get(name);
    if (log === undefined) {
      log = new LearningLog();
      this.#learning.set(name, log);
    }
    return log;
  }

  /** Before what it shows is stopped. Pages that are open are let go. */
  async close(): Promise<void> {
    this.#hide();
    await this.#app.close();
    await this.#reader?.close();
  }

  #hide(): void {
    for (const end of this.#unwatch) end();
    this.#unwatch = [];
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
    this.#shown = undefined;
  }

  #routes(): void {
    const app = this.#app;
    app.addHook("onRequest", async (request, reply) => {
      reply.headers(HEADERS);
      return this.#admit(request, reply);
    });
    app.setNotFoundHandler((_request, reply) =>
      reply.code(404).send({ error: { code: "NOT_FOUND", message: "There is nothing here" } }),
    );
    app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, _request, reply) => {
      const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500;
      return reply.code(status).send({ error: { code: error.code ?? "FAILED", message: error.message } });
    });
    app.get("/healthz", (_request, reply) =>
      this.#failure === undefined
        ? { status: "ok" }
        : reply.code(503).send({ status: "failed", why: this.#failure }),
    );
    app.get("/readyz", (_request, reply) => {
      const waiting = this.#shown?.pipelines.filter(({ isReady }) => !isReady).map(({ name }) => name);
      const isReady = waiting?.length === 0 && this.#failure === undefined;
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? "ready" : "waiting", waiting: waiting ?? [] });
    });
    app.get("/metrics", async (_request, reply) =>
      reply.type(this.#registry.contentType).send(await this.#registry.metrics()),
    );
    for (const [path, file] of this.#files) {
      app.get(path, (request, reply) => {
        reply.header("etag", file.etag);
        if (file.isHashed) reply.header("cache-control", "private, max-age=31536000, immutable");
        else reply.header("cache-control", "no-cache");
        if (request.headers["if-none-match"] === file.etag) return reply.code(304).send();
        return reply.type(file.type).send(file.body);
      });
    }
    if (!this.#files.has("/")) app.get("/", (_request, reply) => reply.code(503).send(notBuilt));
    apiRoutes(app, this);
  }

  async #admit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (OPEN.has(request.url)) return;
    if (this.#gatekeeper === undefined) {
      if (isOwnName(request.headers.host)) return;
      return reply
        .code(421)
        .send({ error: { code: "WRONG_HOST", message: "Ask for localhost or 127.0.0.1" } });
    }
    const admission = await this.#gatekeeper.admit(request.headers.authorization);
    if (admission === "admitted") return;
    if (admission === "busy") return reply.code(429).header("retry-after", "1").send();
    reply.header("www-authenticate", 'Basic realm="Eddy", charset="UTF-8"');
    return reply.code(401).send({ error: { code: "PASSWORD_WRONG", message: "A password is needed" } });
  }
}

const notRunning = { ok: false, error: { code: "NOT_RUNNING", message: "Nothing runs yet" } } as const;
const notBuilt = { error: { code: "NOT_BUILT", message: "The page was not built: npm run build" } };
