import { askRunning } from "../runtime/index.js";

export interface AskOptions {
  readonly data: string;
  readonly pipeline?: string;
  readonly json?: boolean;
}

/**
 * Asks the Eddy that runs on a data directory, and says how it ended.
 *
 * @param done what to tell people when it was done
 * @throws Error code `NOT_RUNNING`; whatever it answers, if it was not done
 */
export async function ask(
  { data, pipeline, json }: AskOptions,
  command: string,
  body: object,
  done: (answer: Readonly<Record<string, unknown>>) => string,
): Promise<void> {
  const answer = await askRunning(data, { command, body, ...(pipeline === undefined ? {} : { pipeline }) });
  if (json) console.log(JSON.stringify({ type: "result", ...answer }));
  if (answer.ok) {
    if (!json) console.log(answer["repeated"] === true ? `${command}: done before` : done(answer));
    return;
  }
  if (json) process.exitCode = 1;
  else throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
}
