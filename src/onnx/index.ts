export {
  describeModel,
  formatTensor,
  type ModelDescription,
  type NodeDescription,
  type TensorDescription,
} from "./describe-model.js";
export { type OrtCell, type OrtEngine, openOrtCell } from "./ort-cell.js";
export { loadOrtModel } from "./ort-model.js";
