export { BudgetedNovelty, noveltyMayRaise } from "./budgeted-novelty.js";
export {
  type NetKind,
  NoveltyDetector,
  type NoveltyOptions,
  ONE_NET,
  Reservoirs,
  SIX_NETS,
} from "./novelty-detector.js";
