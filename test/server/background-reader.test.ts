import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackgroundReader } from "../../src/server/background-reader.js";
import type { History, KeyBoard } from "../../src/server/wire.js";
import { type ShownEddy, startShownEddy } from "../support/shown-eddy.js";
import { temporaryFolder } from "../support/temporary.js";

describe("BackgroundReader", () => {
  const data = `${temporaryFolder()}/data`;
  let shown: ShownEddy;
  let reader: BackgroundReader;
  beforeAll(async () => {
    shown = await startShownEddy(data);
    await shown.send(["a", "b"], (round) => round, 50);
    reader = new BackgroundReader(data);
  });
  afterAll(async () => {
    await reader.close();
    await shown.stop();
  });
  const history = async () =>
    JSON.parse(
      await reader.ask("plant", { what: "history", key: "a", before: undefined, limit: 5, target: 0 }),
    ) as History;

  it("reads what has been committed, also what comes while it runs", async () => {
    expect((await history()).points.map((point) => point[2])).toEqual([45, 46, 47, 48, 49]);
    await shown.send(["a"], () => 7, 1);
    expect((await history()).points.at(-1)?.[2]).toBe(7);
  });

  it("says which keys are muted, while they are", async () => {
    const muted = [
      ["a", Number.MAX_SAFE_INTEGER],
      ["b", 5],
    ] as const;
    const board = JSON.parse(await reader.ask("plant", { what: "keys", muted })) as KeyBoard;
    expect(board.keys.map(({ key, mutedUntil }) => [key, mutedUntil])).toEqual([
      ["a", Number.MAX_SAFE_INTEGER],
      ["b", 0],
    ]);
  });

  it("answers with what the store says where something can't be read, and goes on", async () => {
    await expect(reader.ask("other", { what: "alerts", limit: 1 })).rejects.toThrow(
      /NO_SUCH|read pipeline "other"/,
    );
    expect((await history()).points).toHaveLength(5);
  });

  it("refuses what too many ask at once, and whoever waits when it is closed", async () => {
    const asked = Array.from({ length: 80 }, () =>
      history().then(
        () => "read",
        (error) => String(error.code ?? error.message),
      ),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter((one) => one === "read").length).toBe(64);
    expect(answers.filter((one) => one === "BUSY").length).toBe(16);
    const last = history();
    const closed = expect(last).rejects.toThrow(/closing/);
    await reader.close();
    await closed;
    expect((await history()).points).toHaveLength(5);
  });
});
