/** A named array of weights with its gradient. Both are row-major views that their owner shares. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** dL/dvalues; backward passes add to it. */
  readonly gradient: Float64Array;
}

/** Makes a parameter's room: on its own, or within a network's one flat array. */
export type Allocate = (name: string, shape: readonly number[]) => Parameter;

/** A parameter of zeros with arrays of its own. */
export const allocate: Allocate = (name, shape) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { name, shape, values: new Float64Array(size), gradient: new Float64Array(size) };
};
