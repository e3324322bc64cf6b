/** How a delivery ended: what it carried is in the store, or was given up and must come again. */
export type Settlement = "committed" | "dropped" | "failed";

/**
 * The promise to answer whoever sent a batch: the broker's packets are acknowledged when it settles.
 * `committed` and `dropped` acknowledge, `failed` leaves the packets un-acknowledged.
 */
export class Delivery {
  #settlement: Settlement | undefined;
  readonly #onSettled: (settlement: Settlement) => void;

  constructor(onSettled: (settlement: Settlement) => void = () => {}) {
    this.#onSettled = onSettled;
  }

  get settlement(): Settlement | undefined {
    return this.#settlement;
  }

  /** @throws Error code `DELIVERY_SETTLED_TWICE`: a second settlement would acknowledge what is not ours. */
  settle(settlement: Settlement): void {
    if (this.#settlement !== undefined) {
      throw Object.assign(
        new Error(`Cannot settle a delivery as ${settlement}: it is already ${this.#settlement}`),
        { code: "DELIVERY_SETTLED_TWICE" },
      );
    }
    this.#settlement = settlement;
    this.#onSettled(settlement);
  }
}
