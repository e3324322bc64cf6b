import { describe, expect, it } from "vitest";
import { Outbox } from "../../src/stream/outbox.js";

interface Sent {
  topic: string;
  answer: () => void;
  lose: () => void;
}

/** A store of rows 1..n and a broker that answers when told to. */
function harness(options: {
  rows: number;
  cursor?: number;
  window?: number;
  keep?: (rows: readonly number[]) => readonly number[];
}) {
  const rows = Array.from({ length: options.rows }, (_, i) => i + 1);
  const sent: Sent[] = [];
  const cursors: number[] = [];
  const refused: number[] = [];
  let reads = 0;
  const outbox = new Outbox<number>({
    fetch: (after, limit) => {
      reads++;
      return rows.filter((row) => row > after).slice(0, limit);
    },
    place: (row) => row,
    ...(options.keep && { keep: options.keep }),
    messages: (row) => [{ topic: String(row), payload: "", qos: 1 }],
    send: ({ topic }, onPublished) =>
      sent.push({
        topic,
        answer: () => onPublished(),
        lose: () => onPublished(Object.assign(new Error("offline"), { code: "OFFLINE" })),
      }),
    cursor: options.cursor ?? 0,
    onCursor: (cursor) => cursors.push(cursor),
    onRefused: (row) => refused.push(row),
    window: options.window ?? 4,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { outbox, rows, sent, cursors, refused, settle, reads: () => reads };
}

describe("Outbox", () => {
  it("online() publishes what the store holds after the cursor, in order", async () => {
    const { outbox, sent, settle } = harness({ rows: 5, cursor: 2, window: 10 });
    outbox.online();
    await settle();
    expect(sent.map((message) => message.topic)).toEqual(["3", "4", "5"]);
  });

  it("leaves out of what piled up what is no longer wanted, and passes over it", async () => {
    const keep = (rows: readonly number[]) => rows.filter((row) => row >= 300 && row % 2 === 0 && row < 310);
    const { outbox, rows, sent, cursors, settle } = harness({ rows: 600, window: 10, keep });
    outbox.online();
    await settle();
    expect(sent.map((message) => message.topic)).toEqual(["300", "302", "304", "306", "308"]);
    // Nothing was on its way when the first page was passed over.
    expect(cursors).toEqual([256]);
    for (const { answer } of sent) answer();
    await settle();
    expect(cursors.at(-1)).toBeGreaterThanOrEqual(308);
    expect(outbox.backlog).toBe(0);
    // What comes as it happens is always wanted.
    rows.push(601);
    outbox.offer([601]);
    await settle();
    expect(sent.at(-1)?.topic).toBe("601");
    sent.at(-1)?.answer();
    await settle();
    expect(cursors.at(-1)).toBe(601);
  });

  it("offer() publishes committed rows without reading the store again", async () => {
    const { outbox, rows, sent, reads, settle } = harness({ rows: 0 });
    outbox.online();
    const before = reads();
    rows.push(1, 2);
    outbox.offer([1, 2]);
    await settle();
    expect(sent.map((message) => message.topic)).toEqual(["1", "2"]);
    expect(reads()).toBe(before);
  });

  it("offer() doesn't publish twice what was read back from the store a moment ago", async () => {
    const { outbox, sent, settle } = harness({ rows: 3, window: 10 });
    outbox.online();
    outbox.offer([2, 3]);
    await settle();
    expect(sent.map((message) => message.topic)).toEqual(["1", "2", "3"]);
  });

  it("keeps no more than its window unanswered", async () => {
    const { outbox, sent, settle } = harness({ rows: 10, window: 4 });
    outbox.online();
    await settle();
    expect(sent).toHaveLength(4);
    sent[0]?.answer();
    await settle();
    expect(sent).toHaveLength(5);
  });

  it("moves its cursor only past what is answered without a gap", async () => {
    const { outbox, sent, cursors, settle } = harness({ rows: 3, window: 3 });
    outbox.online();
    await settle();
    sent[1]?.answer();
    await settle();
    expect(cursors).toEqual([]);
    sent[0]?.answer();
    await settle();
    expect(cursors).toEqual([2]);
  });

  it("sends again after an outage all that was not answered", async () => {
    const { outbox, sent, settle } = harness({ rows: 3, window: 3 });
    outbox.online();
    await settle();
    sent[0]?.answer();
    await settle();
    sent[1]?.lose();
    await settle();
    outbox.online();
    await settle();
    expect(sent.map((message) => message.topic)).toEqual(["1", "2", "3", "2", "3"]);
  });

  it("gives up a message that the broker refuses, and goes on", async () => {
    const rows = [1, 2];
    const refused: number[] = [];
    const topics: string[] = [];
    const outbox = new Outbox<number>({
      fetch: (after) => rows.filter((row) => row > after),
      place: (row) => row,
      messages: (row) => [{ topic: String(row), payload: "", qos: 1 }],
      send: ({ topic }, onPublished) => {
        topics.push(topic);
        onPublished(topic === "1" ? new Error("Not authorized") : undefined);
      },
      cursor: 0,
      onCursor: () => {},
      onRefused: (row) => refused.push(row),
    });
    outbox.online();
    await outbox.drained();
    expect(topics).toEqual(["1", "2"]);
    expect(refused).toEqual([1]);
  });
});
