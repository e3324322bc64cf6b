/** What stands in `degraded: ...` for an error of the store that may pass. */
const WORDS: Readonly<Record<string, string>> = {
  STORE_FULL: "disk full",
  STORE_NOT_WRITABLE: "disk read-only",
  STORE_NOT_ACCESSIBLE: "disk not accessible",
  STORE_IO_ERROR: "disk fails to write",
  STORE_BUSY: "database locked by another program",
};

/** Why nothing is stored for now, in a few words that a status can hold. */
export function diskTrouble({ code, message }: Error & { readonly code: string }): string {
  return WORDS[code] ?? message;
}
