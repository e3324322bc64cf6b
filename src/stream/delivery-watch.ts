import { type Clock, Delivery, type Settlement } from "../core/index.js";

/**
 * Knows which deliveries are unsettled, and since when: one that stays so keeps packets un-acknowledged and
 * would jam the broker's window in the end. Memory: one entry per unsettled delivery.
 */
export class DeliveryWatch {
  readonly #clock: Clock;
  readonly #open = new Map<Delivery, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A delivery that is watched until it is settled. */
  begin(onSettled: (settlement: Settlement) => void): Delivery {
    const delivery: Delivery = new Delivery((settlement) => {
      this.#open.delete(delivery);
      onSettled(settlement);
    });
    this.#open.set(delivery, this.#clock.now());
    return delivery;
  }

  get unsettled(): number {
    return this.#open.size;
  }

  /** How long the oldest one has been unsettled, ms; 0 if there is none. */
  get oldestMs(): number {
    for (const since of this.#open.values()) return Math.max(0, this.#clock.now() - since);
    return 0;
  }
}
