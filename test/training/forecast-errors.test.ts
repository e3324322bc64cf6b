import { expect, it } from "vitest";
import { forecastErrors } from "../../src/training/index.js";

it("forecastErrors() of known errors; what was not forecast is left out", () => {
  const y = Float64Array.of(10, 20, 5, 0);
  const forecast = Float64Array.of(8, 24, NaN, 0);
  const { mae, rmse, smape, mase } = forecastErrors(y, forecast, 4);
  expect(mae).toBe(2);
  expect(rmse).toBeCloseTo(Math.sqrt(20 / 3), 14);
  expect(smape).toBeCloseTo((200 * (2 / 18 + 4 / 44)) / 3, 12);
  expect(mase).toBe(0.5);
});
