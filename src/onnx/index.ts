export {
  describeModel,
  formatTensor,
  type ModelDescription,
  type NodeDescription,
  type TensorDescription,
} from "./describe-model.js";
export { loadOrtModel } from "./ort-model.js";
