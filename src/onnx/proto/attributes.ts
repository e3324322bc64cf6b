import type { AttributeProto, NodeProto } from "./model-proto.js";

const decoder = new TextDecoder();

/** A node's attributes by name, with the defaults that the operator's definition gives. */
export class Attributes {
  readonly #byName: ReadonlyMap<string, AttributeProto>;

  constructor(node: NodeProto) {
    this.#byName = new Map(node.attribute.map((attribute) => [attribute.name ?? "", attribute]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  get(name: string): AttributeProto | undefined {
    return this.#byName.get(name);
  }

  int(name: string, otherwise: number): number {
    const attribute = this.#byName.get(name);
    return attribute === undefined ? otherwise : (attribute.i ?? 0);
  }

  float(name: string, otherwise: number): number {
    const attribute = this.#byName.get(name);
    return attribute === undefined ? otherwise : (attribute.f ?? 0);
  }

  text(name: string, otherwise: string): string {
    const bytes = this.#byName.get(name)?.s;
    return bytes === undefined ? otherwise : decoder.decode(bytes);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#byName.get(name)?.ints;
  }

  texts(name: string): readonly string[] | undefined {
    return this.#byName.get(name)?.strings.map((bytes) => decoder.decode(bytes));
  }
}

export function intAttribute(name: string, i: number): AttributeProto {
  return { name, type: 2, i, floats: [], ints: [], strings: [] };
}

export function intsAttribute(name: string, ints: readonly number[]): AttributeProto {
  return { name, type: 7, ints: [...ints], floats: [], strings: [] };
}

export function floatAttribute(name: string, f: number): AttributeProto {
  return { name, type: 1, f, floats: [], ints: [], strings: [] };
}

export function textAttribute(name: string, text: string): AttributeProto {
  return { name, type: 3, s: new TextEncoder().encode(text), floats: [], ints: [], strings: [] };
}

export function textsAttribute(name: string, texts: readonly string[]): AttributeProto {
  const encoder = new TextEncoder();
  return { name, type: 8, strings: texts.map((text) => encoder.encode(text)), floats: [], ints: [] };
}
