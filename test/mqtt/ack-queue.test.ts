import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AckQueue } from "../../src/mqtt/ack-queue.js";
import type { LedgerState } from "../../src/mqtt/ledger.js";

describe("AckQueue", () => {
  it("flush() answers in order of arrival, whatever the order of commits, and passes over the refused", () => {
    const outcome = fc.constantFrom<LedgerState>("committed", "refused");
    const plan = fc
      .array(outcome, { minLength: 1, maxLength: 12 })
      .chain((outcomes) =>
        fc.tuple(
          fc.constant(outcomes),
          fc.shuffledSubarray([...outcomes.keys()], { minLength: outcomes.length }),
        ),
      );
    fc.assert(
      fc.property(plan, ([outcomes, settling]) => {
        const sent: number[] = [];
        const queue = new AckQueue((packetId) => sent.push(packetId));
        const records = outcomes.map(() => ({ state: "in-flight" as LedgerState }));
        for (const [id, record] of records.entries()) queue.expect(id, record);
        for (const id of settling) {
          const record = records[id];
          const outcome = outcomes[id];
          if (record && outcome) record.state = outcome;
          queue.flush();
          const firstOpen = records.findIndex(({ state }) => state === "in-flight");
          const due = firstOpen < 0 ? records.length : firstOpen;
          const expected = [...outcomes.keys()].filter((i) => i < due && outcomes[i] === "committed");
          expect(sent).toEqual(expected);
          expect(queue.size).toBe(records.length - due);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("answers what was committed when it came, whatever packet the ledger uses its record for by then", () => {
    const sent: number[] = [];
    const queue = new AckQueue((packetId) => sent.push(packetId));
    const first = { state: "in-flight" as LedgerState };
    const repeated = { state: "committed" as LedgerState };
    queue.expect(1, first);
    queue.expect(2, repeated);
    queue.expect(3);
    repeated.state = "in-flight";
    queue.flush();
    expect(sent).toEqual([]);
    first.state = "committed";
    queue.flush();
    expect(sent).toEqual([1, 2, 3]);
  });

  it("isExpecting() knows what waits for an answer on this connection", () => {
    const queue = new AckQueue(() => {});
    const record: { state: LedgerState } = { state: "in-flight" };
    expect(queue.isExpecting(record)).toBe(false);
    queue.expect(1, record);
    expect(queue.isExpecting(record)).toBe(true);
    record.state = "committed";
    queue.flush();
    expect(queue.isExpecting(record)).toBe(false);
  });
});
