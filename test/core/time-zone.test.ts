import { afterEach, expect, it, vi } from "vitest";
import { timeZone } from "../../src/core/index.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("takes UTC without asking the platform for its clocks, and every other zone from there", () => {
  let asked = 0;
  const DateTimeFormat = class extends Intl.DateTimeFormat {
    constructor(locale: string, options: Intl.DateTimeFormatOptions) {
      super(locale, options);
      asked++;
    }
  };
  vi.stubGlobal("Intl", { DateTimeFormat });
  for (const name of ["UTC", "Etc/UTC", "utc"]) {
    expect(timeZone(name).offsetAt(1_750_000_000_000)).toBe(0);
    expect(timeZone(name).toUtc(1_750_000_000_000)).toBe(1_750_000_000_000);
  }
  expect(asked).toBe(0);
  expect(timeZone("Europe/Berlin").offsetAt(Date.UTC(2026, 6, 1))).toBe(7_200_000);
  expect(asked).toBe(1);
});
