import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../src/core/index.js";
import { Ledger } from "../../src/mqtt/index.js";

const NEW = false;
const DUP = true;
/** Hashes of packets. */
const [A, B, C, D, OTHER] = [11, 12, 13, 14, 15];

/** A ledger on a kept session, with packets 1..n committed. */
function committed(...hashes: number[]): Ledger {
  const ledger = new Ledger({ entries: hashes.map((hash, i) => ({ packetId: i + 1, qos: 1, hash })) });
  ledger.connected(true);
  return ledger;
}

describe("Ledger.arrived()", () => {
  it("takes a packet that it does not know as new, DUP or not", () => {
    const ledger = committed();
    expect(ledger.arrived(1, A, NEW).isRepeated).toBe(false);
    expect(ledger.arrived(2, B, DUP).isRepeated).toBe(false);
  });

  it("recognises committed packets that come again in order", () => {
    const ledger = committed(A, B, C);
    for (const [id, hash] of [
      [1, A],
      [2, B],
      [3, C],
    ] as const) {
      const { record, isRepeated } = ledger.arrived(id, hash, DUP);
      expect({ isRepeated, state: record.state }).toEqual({ isRepeated: true, state: "committed" });
    }
  });

  it("begins to match wherever the broker begins", () => {
    const ledger = committed(A, B, C);
    expect(ledger.arrived(2, B, DUP).isRepeated).toBe(true);
    expect(ledger.arrived(3, C, DUP).isRepeated).toBe(true);
  });

  it("recognises a packet in flight, whose record its first taker then commits", () => {
    const ledger = committed();
    const first = ledger.arrived(9, OTHER, NEW);
    ledger.connected(true);
    const again = ledger.arrived(9, OTHER, DUP);
    expect(again.isRepeated).toBe(true);
    expect(again.record.state).toBe("in-flight");
    first.record.state = "committed";
    expect(again.record.state).toBe("committed");
  });

  it("takes a refused packet again, and goes on matching behind it", () => {
    const ledger = committed();
    const refused = ledger.arrived(1, A, NEW).record;
    const kept = ledger.arrived(2, B, NEW).record;
    refused.state = "refused";
    kept.state = "committed";
    ledger.connected(true);
    expect(ledger.arrived(1, A, DUP).isRepeated).toBe(false);
    expect(refused.state).toBe("in-flight");
    expect(ledger.arrived(2, B, DUP).isRepeated).toBe(true);
  });

  it("takes the same id with other content as new", () => {
    expect(committed(A).arrived(1, OTHER, DUP).isRepeated).toBe(false);
  });

  it("ends matching at the first mismatch, until the next connection", () => {
    const ledger = committed(A, B);
    expect(ledger.arrived(7, OTHER, DUP).isRepeated).toBe(false);
    expect(ledger.arrived(2, B, DUP).isRepeated).toBe(false);
    ledger.connected(true);
    expect(ledger.arrived(2, B, DUP).isRepeated).toBe(true);
  });

  it("does not match backwards", () => {
    const ledger = committed(A, B);
    expect(ledger.arrived(2, B, DUP).isRepeated).toBe(true);
    expect(ledger.arrived(1, A, DUP).isRepeated).toBe(false);
  });

  it("takes a packet with DUP = 0 as new and clears its id's entry", () => {
    const ledger = committed(A, B);
    const { record, isRepeated } = ledger.arrived(1, A, NEW);
    expect({ isRepeated, state: record.state }).toEqual({ isRepeated: false, state: "in-flight" });
    record.state = "committed";
    ledger.connected(true);
    expect(ledger.arrived(2, B, DUP).isRepeated).toBe(true);
    expect(ledger.arrived(1, A, DUP).isRepeated).toBe(true);
  });

  it("trusts no packet ids once the broker assigns one again that is still remembered", () => {
    const ledger = committed();
    ledger.arrived(1, A, NEW).record.state = "committed";
    expect(ledger.isExact).toBe(true);
    const again = ledger.arrived(1, A, NEW).record;
    expect(ledger.isExact).toBe(false);
    expect(again.hash).toBeNaN();

    const restarted = new Ledger({ entries: [again] });
    restarted.connected(true);
    expect(restarted.isExact).toBe(false);
    expect(restarted.arrived(1, A, DUP).isRepeated).toBe(false);
  });

  it("remembers as many packets as its capacity, and never forgets one in flight", () => {
    const ledger = new Ledger({ capacity: 2 });
    ledger.connected(true);
    const records = [A, B, C].map((hash, i) => ledger.arrived(i + 1, hash, NEW).record);
    expect(ledger.size).toBe(3);
    for (const record of records) record.state = "committed";
    ledger.arrived(4, D, NEW);
    expect(ledger.size).toBe(2);
    ledger.connected(true);
    expect(ledger.arrived(3, C, DUP).isRepeated).toBe(true);
    expect(ledger.arrived(4, D, DUP).isRepeated).toBe(true);
  });
});

describe("Ledger", () => {
  it("connected() forgets everything when the broker has not kept the session", () => {
    const ledger = committed(A, B);
    ledger.connected(false);
    expect(ledger.size).toBe(0);
    expect(ledger.arrived(1, A, DUP).isRepeated).toBe(false);
  });

  it("released() forgets a QoS 2 packet", () => {
    const ledger = committed(A);
    ledger.released(1);
    expect(ledger.arrived(1, A, DUP).isRepeated).toBe(false);
  });

  it("knows a QoS 2 packet until it is released, in any order, and after a restart", () => {
    const ledger = new Ledger();
    ledger.connected(true);
    const arrivals = [3, 1, 2].map((id) => ledger.arrived(id, 100 + id, false, 2));
    expect(arrivals.map(({ isRepeated }) => isRepeated)).toEqual([false, false, false]);
    for (const { record } of arrivals) record.state = "committed";
    const entries = arrivals.map(({ record }) => record);
    expect(entries[0]).toMatchObject({ packetId: 3, qos: 2, hash: 103 });

    const again = new Ledger({ entries });
    again.connected(true);
    // A broker that sends them in another order, and one of them without DUP.
    expect(again.arrived(2, 102, true, 2).isRepeated).toBe(true);
    expect(again.arrived(3, 103, false, 2).isRepeated).toBe(true);
    again.released(1);
    expect(again.arrived(1, 101, true, 2).isRepeated).toBe(false);
    // The same id at QoS 1 is another packet.
    expect(again.arrived(2, 102, true, 1).isRepeated).toBe(false);
    expect(again.isExact).toBe(true);
  });

  it("takes a QoS 2 packet again that could not be kept", () => {
    const ledger = new Ledger();
    ledger.connected(true);
    ledger.arrived(1, A, false, 2).record.state = "refused";
    expect(ledger.arrived(1, A, true, 2)).toMatchObject({
      isRepeated: false,
      record: { state: "in-flight" },
    });
  });

  it.each([0, 1.5, 32_768, Number.NaN])("rejects a capacity of %d", (capacity) => {
    expect(() => new Ledger({ capacity })).toThrow(expect.objectContaining({ code: "BAD_LEDGER_CAPACITY" }));
  });
});

/**
 * A broker that keeps the session and assigns ids in turn, a network that loses whatever it holds when it
 * breaks, a store that commits, and a process that crashes. Payloads are few, so that hashes repeat; ids
 * come round soon.
 */
class World {
  static readonly IDS = 40;
  static readonly WINDOW = 4;
  static readonly CAPACITY = 6;

  #sent = 0;
  #lastId = 0;
  /** At the broker, un-acknowledged: in order. */
  #unacked: { id: number; message: number; hash: number; wasSent: boolean }[] = [];
  /** On their way to Eddy, and Eddy's acknowledgements on their way back. */
  #down: { id: number; message: number; hash: number; isDuplicate: boolean }[] = [];
  #up: number[] = [];
  #store: LedgerEntry[] = [];
  #ledger = new Ledger({ capacity: World.CAPACITY });
  /** Handed over and not committed. */
  #batch: { message: number; id: number; record: ReturnType<Ledger["arrived"]>["record"] }[] = [];
  #answers: { id: number; record: { state: string } }[] = [];
  readonly committed: number[] = [];

  constructor() {
    this.#ledger.connected(false);
  }

  get published(): number {
    return this.#sent;
  }

  publish(hash: number): void {
    if (this.#unacked.length >= World.WINDOW) return;
    this.#lastId = (this.#lastId % World.IDS) + 1;
    const packet = { id: this.#lastId, message: this.#sent++, hash };
    this.#unacked.push({ ...packet, wasSent: true });
    this.#down.push({ ...packet, isDuplicate: false });
  }

  receive(): void {
    const packet = this.#down.shift();
    if (!packet) return;
    const { record, isRepeated } = this.#ledger.arrived(packet.id, packet.hash, packet.isDuplicate);
    this.#answers.push({ id: packet.id, record });
    if (!isRepeated) this.#batch.push({ message: packet.message, id: packet.id, record });
    this.#answer();
  }

  commit(): void {
    for (const { message, id, record } of this.#batch.splice(0)) {
      this.committed.push(message);
      this.#store = [
        ...this.#store.filter(({ packetId }) => packetId !== id),
        { packetId: id, qos: 1, hash: record.hash },
      ];
      record.state = "committed";
    }
    this.#answer();
  }

  deliverAck(): void {
    const id = this.#up.shift();
    if (id !== undefined) this.#unacked = this.#unacked.filter((packet) => packet.id !== id);
  }

  breakLink(): void {
    this.#up = [];
    this.#answers = [];
    this.#down = this.#unacked.map(({ id, message, hash }) => ({ id, message, hash, isDuplicate: true }));
    this.#ledger.connected(true);
  }

  crash(): void {
    this.#batch = [];
    this.#ledger = new Ledger({ capacity: World.CAPACITY, entries: this.#store });
    this.breakLink();
  }

  settle(): void {
    while (this.#unacked.length > 0) {
      this.receive();
      this.commit();
      this.deliverAck();
    }
  }

  #answer(): void {
    while (this.#answers[0]?.record.state === "committed") {
      const answer = this.#answers.shift();
      if (answer) this.#up.push(answer.id);
    }
  }
}

describe("Ledger on a broker that keeps the session and assigns ids in turn", () => {
  it("lets every message be committed exactly once, in order, over broken links and crashes", () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.constantFrom(A, B).map((hash) => (world: World) => world.publish(hash)),
      },
      { weight: 5, arbitrary: fc.constant((world: World) => world.receive()) },
      { weight: 3, arbitrary: fc.constant((world: World) => world.commit()) },
      { weight: 4, arbitrary: fc.constant((world: World) => world.deliverAck()) },
      { weight: 1, arbitrary: fc.constant((world: World) => world.breakLink()) },
      { weight: 1, arbitrary: fc.constant((world: World) => world.crash()) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
        const world = new World();
        for (const take of steps) take(world);
        world.settle();
        expect(world.committed).toEqual(Array.from({ length: world.published }, (_, message) => message));
      }),
      { seed: 7, numRuns: 400 },
    );
  });
});
