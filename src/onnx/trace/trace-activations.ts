import type { Elementwise, Value } from "../../cells/index.js";
import type { Tensor } from "../proto/tensor.js";
import { vectorSize } from "./axes.js";
import type { Handler, Site } from "./site.js";
import { alignedConstant, unknownFunction } from "./trace-broadcast.js";
import { isStream, isTensor, lacking, type Stream } from "./traced.js";

/** Functions of one element that the kernel has under another name. */
const SAME_FUNCTIONS: Readonly<Record<string, Elementwise>> = {
  Relu: "relu",
  Sigmoid: "sigmoid",
  Tanh: "tanh",
  Softplus: "softplus",
  Exp: "exp",
  Abs: "abs",
  Neg: "neg",
  Sqrt: "sqrt",
};

/** Work on each element by itself, which streams, but not in the kernel. */
const ELEMENTWISE_ONLY =
  "Log Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh ThresholdedRelu Shrink Sign Floor Ceil Round Not Max Min Mean Where Equal Greater Less GreaterOrEqual LessOrEqual And Or Xor Mod IsNaN IsInf BitShift QuantizeLinear DequantizeLinear";

/** Functions of each element by itself; what the kernel lacks is put together from what it has. */
export const ACTIVATION_HANDLERS: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(
    Object.entries(SAME_FUNCTIONS).map(([operator, f]): [string, Handler] => [
      operator,
      (site) => [composed(site, (x) => x.apply(f))],
    ]),
  ),
  ...Object.fromEntries(
    ELEMENTWISE_ONLY.split(" ").map((operator): [string, Handler] => [
      operator,
      (site) => [unknownFunction(site)],
    ]),
  ),
  LeakyRelu: (site) => [composed(site, (x) => x.apply("leaky-relu", site.attributes.float("alpha", 0.01)))],
  Elu: (site) => [composed(site, (x) => x.apply("elu", site.attributes.float("alpha", 1)))],
  HardSigmoid: (site) => {
    const alpha = site.attributes.float("alpha", 0.2);
    const beta = site.attributes.float("beta", 0.5);
    return [composed(site, (x) => x.apply("hard-sigmoid", alpha, beta))];
  },
  HardSwish: (site) => [composed(site, (x) => x.times(x.apply("hard-sigmoid", 1 / 6, 0.5)))],
  Selu: (site) => {
    const alpha = site.attributes.float("alpha", 1.6732632423543772);
    const gamma = site.attributes.float("gamma", 1.0507009873554805);
    return [composed(site, (x) => x.apply("elu", alpha).times(gamma))];
  },
  Celu: (site) => {
    const alpha = site.attributes.float("alpha", 1);
    return [composed(site, (x) => x.over(alpha).apply("elu", 1).times(alpha))];
  },
  Softsign: (site) => [composed(site, (x) => x.over(x.apply("abs").plus(1)))],
  Mish: (site) => [composed(site, (x) => x.times(x.apply("softplus").apply("tanh")))],
  Reciprocal: (site) => [composed(site, (x) => x.constant(1).over(x))],
  Erf: (site) => [composed(site, erf)],
  Gelu: (site) => [
    composed(site, site.attributes.text("approximate", "none") === "tanh" ? geluByTanh : gelu),
  ],
  Clip: (site) => [clip(site)],
  Pow: (site) => {
    const exponent = site.inputs[1];
    const power = isTensor(exponent) && exponent.data.length === 1 ? exponent.data[0] : undefined;
    if (!isStream(site.inputs[0])) return [unknownFunction(site)];
    if (power === 1) return [site.stream(0)];
    if (power === 0.5) return [composed(site, (x) => x.apply("sqrt"))];
    if (power === 2) return [composed(site, (x) => x.times(x))];
    if (power === 3) return [composed(site, (x) => x.times(x).times(x))];
    return [unknownFunction(site)];
  },
  PRelu: (site) => {
    const slope = site.inputs[1];
    if (!isTensor(slope)) throw lacking("its slope is computed from the data");
    // slope x + (1 - slope) relu(x)
    return [
      composed(site, (x) => {
        const values = alignedConstant(slope, site.stream(0).axes);
        const above = x.apply("relu").times(x.constants(values.map((value) => 1 - value)));
        return x.times(x.constants(values)).plus(above);
      }),
    ];
  },
};

/** A vector of the step graph, to write formulas with. */
class Formula {
  constructor(
    readonly site: Site,
    readonly value: Value,
    /** Of the result; a constant may have one element. */
    readonly size: number,
  ) {}

  apply(f: Elementwise, alpha?: number, beta?: number): Formula {
    const parameters = { ...(alpha === undefined ? {} : { alpha }), ...(beta === undefined ? {} : { beta }) };
    return this.#of(this.site.emit(this.size, { kind: "elementwise", f, input: this.value, ...parameters }));
  }

  plus(other: Formula | number): Formula {
    return this.#with("add", other);
  }

  minus(other: Formula | number): Formula {
    return this.#with("sub", other);
  }

  times(other: Formula | number): Formula {
    return this.#with("mul", other);
  }

  over(other: Formula | number): Formula {
    return this.#with("div", other);
  }

  constant(value: number): Formula {
    return this.constants(Float32Array.of(value));
  }

  constants(values: Float32Array): Formula {
    return this.#of(this.site.build.constant(values));
  }

  #with(kind: "add" | "sub" | "mul" | "div", other: Formula | number): Formula {
    const b = typeof other === "number" ? this.constant(other) : other;
    return this.#of(this.site.emit(this.size, { kind, a: this.value, b: b.value }));
  }

  #of(value: Value): Formula {
    return new Formula(this.site, value, this.size);
  }
}

function composed(site: Site, formula: (x: Formula) => Formula): Stream {
  const x = site.stream(0);
  return site.derive([x], x.axes, () => formula(new Formula(site, x.value!, vectorSize(x.axes))).value);
}

/**
 * The error function, within 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26):
 * sign(x) (1 - (a1 t + a2 t^2 + ... + a5 t^5) exp(-x^2)), t = 1 / (1 + 0.3275911 |x|).
 */
function erf(x: Formula): Formula {
  const magnitude = x.apply("abs");
  const t = x.constant(1).over(magnitude.times(0.3275911).plus(1));
  let sum = t.times(1.061405429);
  for (const a of [-1.453152027, 1.421413741, -0.284496736, 0.254829592]) sum = sum.plus(a).times(t);
  const tail = sum.times(x.times(x).apply("neg").apply("exp"));
  // 0 / tiny is 0, and nothing else is changed by it.
  const sign = x.over(magnitude.plus(1e-30));
  return sign.minus(sign.times(tail));
}

/** x (1 + erf(x / sqrt(2))) / 2 */
function gelu(x: Formula): Formula {
  return x.times(erf(x.times(Math.SQRT1_2)).plus(1).times(0.5));
}

/** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 */
function geluByTanh(x: Formula): Formula {
  const cubic = x.times(x).times(x).times(0.044715).plus(x);
  return x.times(
    cubic
      .times(Math.sqrt(2 / Math.PI))
      .apply("tanh")
      .plus(1)
      .times(0.5),
  );
}

/** Beyond it min and max, put together, would lose digits that a test of 1e-5 sees. */
const LARGEST_BOUND = 64;

/** max(min(x, high), low) as low + relu(min - low) and high - relu(high - x), which are exact beyond the bounds. */
function clip(site: Site): Stream {
  const bounds = (["min", "max"] as const).map((name, i) => {
    if (site.opset < 11) return site.attributes.has(name) ? site.attributes.float(name, 0) : undefined;
    return boundOf(site.optionalTensor(i + 1));
  });
  return composed(site, (x) => {
    const [low, high] = bounds.map((bound) =>
      bound === undefined || Math.abs(bound) > 1e38 ? undefined : bound,
    );
    if ([low, high].some((bound) => bound !== undefined && Math.abs(bound) > LARGEST_BOUND)) {
      throw lacking(`the kernel has no Clip to [${low}, ${high}]`);
    }
    const below = high === undefined ? x : x.constant(high).minus(x.constant(high).minus(x).apply("relu"));
    if (low === undefined) return below;
    return low === 0 ? below.apply("relu") : below.minus(low).apply("relu").plus(low);
  });
}

function boundOf(bound: Tensor | undefined): number | undefined {
  return bound?.data[0];
}
