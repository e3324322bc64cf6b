/** npm passes on the Ctrl-C that the terminal has sent already: a second one this soon is the same one, ms. */
const SAME_MS = 1000;

/**
 * Fulfilled at the first SIGINT or SIGTERM. Another one ends the process at once: what is un-acknowledged
 * stays with the broker, so nothing is lost by it.
 */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const stop = (): void => {
      if (first === undefined) {
        first = performance.now();
        resolve();
      } else if (performance.now() - first > SAME_MS) {
        process.exit(1);
      }
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
