import "uplot/dist/uPlot.min.css";
import type { LearningNews, LiveFrame, MachineFrame, PipelineInfo } from "../wire.js";
import { AlertList } from "./alert-list.js";
import { api } from "./api.js";
import { Board } from "./board.js";
import { h, setText } from "./dom.js";
import { KeyList } from "./key-list.js";
import { KeyPage } from "./key-page.js";
import { Live } from "./live.js";
import { eventsPerSecond, keepFrame, MachinePage } from "./machine-page.js";
import { ModelPage } from "./model-page.js";
import { type Place, placeOf, urlOf } from "./place.js";
import { initTheme } from "./theme.js";

const RETRY_MS = 1000;
const TICK_MS = 1000;

/** What is shown of one pipeline, and what is known of it. */
class App {
  readonly #main = document.querySelector<HTMLElement>("#main")!;
  readonly #tabs = document.querySelector<HTMLElement>("#tabs")!;
  readonly #pulse = document.querySelector<HTMLElement>("#pulse")!;
  readonly #live: Live;
  #infos: readonly PipelineInfo[] = [];
  #pipeline: string | undefined;
  #board = new Board();
  #alerts: AlertList | undefined;
  #list: KeyList | undefined;
  #keyPage: KeyPage | undefined;
  #page: ModelPage | MachinePage | undefined;
  #frames: MachineFrame[] = [];
  readonly #state = h("span", { class: "words" });
  readonly #rate = h("span", {});
  #isDue = false;
  #isLost = false;

  constructor() {
    this.#pulse.append(this.#state, this.#rate);
    this.#live = new Live({
      onFrame: (frame) => this.#onFrame(frame),
      onMachine: (frame) => this.#onMachine(frame),
      onLearning: (news) => this.#onLearning(news),
      onOpen: () => void this.#onOpen(),
      onLost: () => this.#onLost(),
    });
  }

  /** Asks until there is a pipeline: Eddy may still be starting. */
  async begin(): Promise<void> {
    try {
      this.#infos = await api.pipelines();
    } catch {
      this.#infos = [];
    }
    if (this.#infos.length === 0) {
      this.#main.replaceChildren(h("p", { class: "empty" }, "Eddy is starting…"));
      setTimeout(() => void this.begin(), RETRY_MS);
      return;
    }
    window.addEventListener("hashchange", () => this.#show());
    setInterval(() => this.#refresh(), TICK_MS);
    this.#show();
  }

  restyle(): void {
    this.#keyPage?.restyle();
    this.#page?.restyle();
    this.#list?.update();
  }

  #show(): void {
    const place = placeOf(location.hash, this.#infos);
    const info = this.#infos.find(({ name }) => name === place.pipeline);
    if (info === undefined) return;
    if (this.#pipeline !== place.pipeline) {
      this.#pipeline = place.pipeline;
      this.#board = new Board();
      this.#frames = [];
      this.#list = undefined;
    }
    this.#showTabs(place);
    this.#keyPage?.end();
    if (this.#page instanceof ModelPage) this.#page.end();
    this.#keyPage = undefined;
    this.#page = undefined;
    document.title = place.key === undefined ? `Eddy: ${place.view}` : `Eddy: ${place.key}`;
    this.#live.follow(place.pipeline, place.key, 0);
    if (place.view === "keys") this.#showKeys(place, info);
    else {
      this.#page = place.view === "model" ? new ModelPage(info) : new MachinePage(info, this.#frames);
      this.#main.replaceChildren(this.#page.element);
      void this.#page.begin();
    }
  }

  #showKeys(place: Place, info: PipelineInfo): void {
    const choose = (key: string): void => {
      location.hash = urlOf({ ...place, view: "keys", key });
    };
    this.#list ??= new KeyList(this.#board, choose);
    this.#alerts = new AlertList(this.#board, choose);
    const side = h("div", { class: "side" }, this.#alerts.element, this.#list.element);
    const detail = h("div", { class: "detail" });
    const { key } = place;
    if (key === undefined) detail.append(h("p", { class: "empty" }, "Choose a key to see its forecasts."));
    else {
      const follow = (target: number): void => this.#live.follow(place.pipeline, key, target);
      this.#keyPage = new KeyPage(info, this.#board, key, follow, urlOf({ ...place, key: undefined }));
      detail.append(this.#keyPage.element);
    }
    // Whoever moves through the list with the keyboard goes on doing so.
    const hadFocus = document.activeElement?.id === "keys";
    this.#main.replaceChildren(
      h("div", { class: `split${key === undefined ? "" : " chosen"}` }, side, detail),
    );
    if (hadFocus) document.querySelector<HTMLElement>("#keys")?.focus();
    this.#list.choose(key);
    this.#refresh();
    void this.#keyPage?.begin();
  }

  #showTabs({ pipeline, view }: Place): void {
    const tab = (name: Place["view"], text: string) =>
      h(
        "a",
        {
          href: urlOf({ pipeline, view: name, key: undefined }),
          "aria-current": name === view ? "page" : undefined,
        },
        text,
      );
    const change = (event: Event): void => {
      location.hash = urlOf({ pipeline: (event.target as HTMLSelectElement).value, view, key: undefined });
    };
    const names = this.#infos.map(({ name }) =>
      h("option", { value: name, selected: name === pipeline }, name),
    );
    const which =
      names.length === 1
        ? h("span", { class: "pipeline" }, pipeline)
        : h("select", { "aria-label": "Pipeline", onchange: change }, ...names);
    this.#tabs.replaceChildren(which, tab("keys", "Keys"), tab("model", "Model"), tab("machine", "Machine"));
  }

  async #onOpen(): Promise<void> {
    this.#isLost = false;
    const { pipeline } = placeOf(location.hash, this.#infos);
    try {
      this.#board.load(await api.keys(pipeline));
      await this.#keyPage?.reload();
    } catch {
      // The stream says so when it is lost too.
    }
    this.#refresh();
  }

  #onLost(): void {
    this.#isLost = true;
    this.#sayPulse();
  }

  #onFrame(frame: LiveFrame): void {
    this.#board.take(frame);
    this.#keyPage?.take(frame);
    this.#refreshSoon();
  }

  #onMachine(frame: MachineFrame): void {
    this.#isLost = false;
    keepFrame(this.#frames, frame);
    if (this.#page instanceof MachinePage) this.#page.update();
    this.#sayPulse();
  }

  #onLearning(news: LearningNews): void {
    if (this.#page instanceof ModelPage) this.#page.learned(news);
  }

  #sayPulse(): void {
    this.#pulse.classList.toggle("lost", this.#isLost);
    const { state, why } = this.#frames.at(-1)?.status ?? { state: "", why: "" };
    setText(this.#state, this.#isLost ? "no connection to Eddy" : state);
    setText(this.#rate, this.#isLost ? "" : eventsPerSecond(this.#frames));
    this.#pulse.title = why;
  }

  #refreshSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#refresh();
    });
  }

  #refresh(): void {
    const now = Date.now();
    if (this.#list?.element.isConnected) this.#list.update(now);
    this.#alerts?.update();
    this.#keyPage?.update(now);
  }
}

const app = new App();
initTheme(document.querySelector<HTMLElement>("#theme")!, () => app.restyle());
void app.begin();
