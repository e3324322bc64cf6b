/** As much of the WebAssembly JavaScript interface as is used: neither Node's types nor ES2023's have it. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, (...values: number[]) => void>>);
    readonly exports: unknown;
  }
}
