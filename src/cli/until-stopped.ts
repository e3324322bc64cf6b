/**
 * Fulfilled at the first SIGINT or SIGTERM. A second one ends the process at once: what is un-acknowledged
 * stays with the broker, so nothing is lost by it.
 */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
