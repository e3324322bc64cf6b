/** What a run of the demo amounted to. */
export interface DemoTotals {
  readonly events: number;
  readonly predictions: number;
  /** Alerts raised. */
  readonly alerts: number;
  readonly eventsPerSecond: number;
}

/** `2400 events, 2400 predictions, 3 alerts, 39.9 events/s`: plain numbers, to be read by machines too. */
export function summaryLine({ events, predictions, alerts, eventsPerSecond }: DemoTotals): string {
  const rate = Math.round(eventsPerSecond * 10) / 10;
  return `${events} events, ${predictions} predictions, ${alerts} alerts, ${rate} events/s`;
}
