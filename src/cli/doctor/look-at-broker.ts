import { connectClient } from "../../mqtt/index.js";
import type { Finding } from "./finding.js";

const PATIENCE_MS = 5_000;

/** Whether a broker answers there, to those credentials. */
export async function lookAtBroker(
  url: string,
  access: { readonly username?: string; readonly password?: string },
): Promise<Finding> {
  const what = "broker";
  const shown = url.replace(/\/\/.*@/, "//***@");
  const before = performance.now();
  let timer: NodeJS.Timeout | undefined;
  try {
    const connecting = connectClient({ url, ...access });
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
    });
    const client = await Promise.race([connecting, late]);
    const ms = performance.now() - before;
    await client.close();
    return {
      what,
      found: `${shown} answers, ${ms.toFixed(0)} ms`,
      verdict: "ok",
      values: { url: shown, ms },
    };
  } catch (error) {
    const why =
      error instanceof AggregateError && error.message === "" ? String(error.errors[0]) : String(error);
    return {
      what,
      found: `${shown}: ${why}`,
      verdict: "warning",
      advice: "Eddy keeps trying; name another with --broker, or run `eddy demo`, which brings its own",
      values: { url: shown, error: why },
    };
  } finally {
    clearTimeout(timer);
  }
}
