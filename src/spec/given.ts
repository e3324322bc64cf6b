/** An optional property: there only if the value is. */
export function given<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V };
export function given<K extends string, V, R>(
  name: K,
  value: V | undefined,
  read: (value: V) => R,
): { [P in K]?: R };
export function given(
  name: string,
  value: unknown,
  read: (value: unknown) => unknown = (same) => same,
): object {
  return value === undefined ? {} : { [name]: read(value) };
}
