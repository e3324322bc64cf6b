import { InvalidArgumentError } from "commander";

/** Reads an option's number; commander says which option it was. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

/** Reads an option's count. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value > 0)) {
    throw new InvalidArgumentError("Expected a whole number from 1.");
  }
  return value;
}

/** Reads a number that counts from 0. */
export function nonNegativeInteger(text: string): number {
  return text === "0" ? 0 : positiveInteger(text);
}

/** Reads a share between 0 and 1. */
export function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError("Expected a number between 0 and 1.");
  return value;
}

/** Reads a list of counts: `32,64`. */
export function positiveIntegers(text: string): readonly number[] {
  return text.split(",").map((part) => positiveInteger(part.trim()));
}

/** Reads a list of words: `gru,lstm`. */
export function listOf<T extends string>(known: readonly T[]): (text: string) => readonly T[] {
  return (text) =>
    text.split(",").map((part) => {
      const found = known.find((name) => name === part.trim());
      if (found === undefined) throw new InvalidArgumentError(`Expected some of ${known.join(", ")}.`);
      return found;
    });
}
