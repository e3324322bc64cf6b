import { describe, expect, it } from "vitest";
import type { Commit } from "../../src/store/index.js";
import { CommitLine } from "../../src/stream/commit-line.js";

const AT_ONCE = { minMs: 0, maxMs: 0 };

const coded = (code: string) => Object.assign(new Error(code), { code });

function record(position: number): Commit {
  return { events: [], deadLetters: [], log: [], ledger: [{ packetId: position, qos: 1, hash: 0 }] };
}

/** A store that answers in order and, as the writer does, takes nothing behind what has failed. */
function failingStore(failures: string[]) {
  const committed: number[] = [];
  let next = 1;
  const store = {
    commit: async ({ ledger }: Commit): Promise<void> => {
      const position = ledger[0]?.packetId ?? 0;
      await null;
      if (position > next) throw coded("COMMIT_AFTER_FAILURE");
      const failure = failures.shift();
      if (failure !== undefined && failure !== "") throw coded(failure);
      committed.push(position);
      next = position + 1;
    },
  };
  return { store, committed };
}

describe("CommitLine", () => {
  it("commits in order, and again while the disk is full, saying so once at each change", async () => {
    const { store, committed } = failingStore([
      "",
      "STORE_FULL",
      "STORE_FULL",
      "STORE_IO_ERROR",
      "STORE_FULL",
    ]);
    const said: (string | undefined)[] = [];
    const line = new CommitLine(store, { retry: AT_ONCE, onTrouble: (error) => said.push(error?.code) });
    const done: number[] = [];
    await Promise.all([1, 2, 3, 4].map((n) => line.commit(record(n)).then(() => done.push(n))));
    await line.commit(record(5));
    expect(committed).toEqual([1, 2, 3, 4, 5]);
    expect(done).toEqual([1, 2, 3, 4]);
    expect(said).toEqual(["STORE_FULL", "STORE_IO_ERROR", "STORE_FULL", undefined]);
  });

  it("rejects what will not pass, and all behind it", async () => {
    const { store, committed } = failingStore(["", "STORE_CORRUPT"]);
    const line = new CommitLine(store, { retry: AT_ONCE });
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => line.commit(record(n))));
    expect(outcomes.map((one) => (one.status === "rejected" ? one.reason.code : "ok"))).toEqual([
      "ok",
      "STORE_CORRUPT",
      "STORE_CORRUPT",
    ]);
    expect(committed).toEqual([1]);
  });

  it("rejects a commit that comes after what will not pass", async () => {
    const { store, committed } = failingStore(["STORE_CORRUPT"]);
    const line = new CommitLine(store, { retry: AT_ONCE });
    await expect(line.commit(record(1))).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    await expect(line.commit(record(2))).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    expect(committed).toEqual([]);
  });

  it("giveUp() tries once more, and then rejects what waits", async () => {
    const { store, committed } = failingStore(Array(10).fill("STORE_FULL"));
    let isTold = (): void => {};
    const told = new Promise<void>((resolve) => {
      isTold = resolve;
    });
    const line = new CommitLine(store, { retry: { minMs: 60_000, maxMs: 60_000 }, onTrouble: isTold });
    const outcomes = Promise.allSettled([1, 2].map((n) => line.commit(record(n))));
    await told;
    await null;
    line.giveUp();
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(committed).toEqual([]);
  });

  it("giveUp() loses nothing where the trouble has passed", async () => {
    const { store, committed } = failingStore(["STORE_FULL"]);
    const line = new CommitLine(store, { retry: { minMs: 60_000, maxMs: 60_000 } });
    const outcomes = Promise.allSettled([1, 2].map((n) => line.commit(record(n))));
    while (
      (await Promise.race([outcomes, new Promise((resolve) => setImmediate(resolve, "waits"))])) === "waits"
    ) {
      line.giveUp();
    }
    expect((await outcomes).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect(committed).toEqual([1, 2]);
  });
});
