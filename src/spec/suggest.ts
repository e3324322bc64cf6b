import { distance } from "fastest-levenshtein";

/** The known word that was probably meant: at most a third of its letters differ; undefined if none is near. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  let best: { word: string; far: number } | undefined;
  for (const word of known) {
    const far = farness(written.toLowerCase(), word.toLowerCase());
    if (far <= Math.max(1, Math.floor(word.length / 3)) && far < (best?.far ?? Number.POSITIVE_INFINITY)) {
      best = { word, far };
    }
  }
  return best?.word;
}

/** Levenshtein's distance; letters in another order, or an end left out, count as one slip. */
function farness(written: string, word: string): number {
  if (written === word) return 0;
  const letters = (text: string) => [...text].sort().join("");
  if (letters(written) === letters(word)) return 1;
  return written.length >= 3 && word.startsWith(written) ? 1 : distance(written, word);
}

/** `; did you mean "gru"?`, or nothing. */
export function didYouMean(written: string, known: readonly string[]): string {
  const word = nearest(written, known);
  return word === undefined ? "" : `; did you mean "${word}"?`;
}
