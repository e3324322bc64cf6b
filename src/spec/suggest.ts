import { distance } from "fastest-levenshtein";

/** The known word that was probably meant: at most a third of its letters differ; undefined if none is near. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  let best: { word: string; far: number } | undefined;
  for (const word of known) {
    const far = distance(written.toLowerCase(), word.toLowerCase());
    if (far <= Math.max(1, Math.floor(word.length / 3)) && far < (best?.far ?? Number.POSITIVE_INFINITY)) {
      best = { word, far };
    }
  }
  return best?.word;
}

/** `; did you mean "gru"?`, or nothing. */
export function didYouMean(written: string, known: readonly string[]): string {
  const word = nearest(written, known);
  return word === undefined ? "" : `; did you mean "${word}"?`;
}
