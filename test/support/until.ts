/**
 * Waits until a condition holds, looking every few milliseconds.
 *
 * @param what names the condition when it never does
 * @throws Error after a minute or more
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string),
): Promise<void> {
  for (let looks = 0; looks < 30_000; looks++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`Waited in vain until ${typeof what === "string" ? what : what()}`);
}
