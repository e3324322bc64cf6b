import { type Clock, Delivery, type Settlement } from "../core/index.js";

/**
 * Knows which deliveries are unsettled, and since when: one that stays so keeps packets un-acknowledged and
 * would jam the broker's window in the end. Memory: one entry per unsettled delivery.
 */
export class DeliveryWatch {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #open: { readonly delivery: Delivery; readonly since: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A delivery that is watched until it is settled. */
  begin(onSettled: (settlement: Settlement) => void): Delivery {
    const delivery: Delivery = new Delivery((settlement) => {
      const at = this.#open.findIndex((one) => one.delivery === delivery);
      if (at >= 0) this.#open.splice(at, 1);
      onSettled(settlement);
    });
    this.#open.push({ delivery, since: this.#clock.now() });
    return delivery;
  }

  get unsettled(): number {
    return this.#open.length;
  }

  /** How long the oldest one has been unsettled, ms; 0 if there is none. */
  get oldestMs(): number {
    const [oldest] = this.#open;
    return oldest ? Math.max(0, this.#clock.now() - oldest.since) : 0;
  }
}
