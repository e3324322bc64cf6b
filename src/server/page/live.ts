import type { LearningNews, LiveFrame, MachineFrame } from "../wire.js";

export interface LiveHandlers {
  readonly onFrame: (frame: LiveFrame) => void;
  readonly onMachine: (frame: MachineFrame) => void;
  readonly onLearning: (news: LearningNews) => void;
  /** The stream has begun (again): what was shown before may be old. */
  readonly onOpen: () => void;
  readonly onLost: () => void;
}

/** Follows a pipeline while anybody can see the page: one that is hidden costs Eddy nothing. */
export class Live {
  readonly #handlers: LiveHandlers;
  #source: EventSource | undefined;
  #url: string | undefined;

  constructor(handlers: LiveHandlers) {
    this.#handlers = handlers;
    document.addEventListener("visibilitychange", () => this.#connect());
  }

  /** @param key whose every point is wanted */
  follow(pipeline: string, key: string | undefined, target: number): void {
    const query = key === undefined ? "" : `?${new URLSearchParams({ key, target: String(target) })}`;
    const url = `api/pipelines/${encodeURIComponent(pipeline)}/live${query}`;
    if (url === this.#url) return;
    this.#url = url;
    this.#source?.close();
    this.#source = undefined;
    this.#connect();
  }

  #connect(): void {
    if (document.hidden || this.#url === undefined) {
      this.#source?.close();
      this.#source = undefined;
      return;
    }
    if (this.#source && this.#source.readyState !== EventSource.CLOSED) return;
    const source = new EventSource(this.#url);
    this.#source = source;
    const { onFrame, onMachine, onLearning, onOpen, onLost } = this.#handlers;
    source.addEventListener("frame", ({ data }) => onFrame(JSON.parse(data)));
    source.addEventListener("machine", ({ data }) => onMachine(JSON.parse(data)));
    source.addEventListener("learning", ({ data }) => onLearning(JSON.parse(data)));
    source.addEventListener("open", () => onOpen());
    source.addEventListener("error", () => {
      onLost();
      // A browser gives up at an answer that is no stream (while Eddy starts): we don't.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.#connect(), 2000);
    });
  }
}
