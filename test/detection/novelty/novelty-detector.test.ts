import { NoveltyDetector, ONE_NET, Reservoirs, SIX_NETS } from "../../../src/detection/novelty/index.js";
import { detectorSuite } from "../../conformance/detector.js";

const reservoirs = new Reservoirs();
const options = { warmUp: 200 };

detectorSuite("NoveltyDetector of one net", {
  create: () => new NoveltyDetector({ ...options, nets: ONE_NET }, reservoirs),
  mostBytes: 250_000,
});
detectorSuite("NoveltyDetector of six nets", {
  create: () => new NoveltyDetector({ ...options, nets: SIX_NETS }, reservoirs),
  mostBytes: 2_000_000,
});
