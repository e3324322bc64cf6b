/** How far forecasts were off, over the same test part. */
export interface ForecastErrors {
  /** Mean |y - f|. */
  readonly mae: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Mean of 200 |y - f| / (|y| + |f|), per cent; 0 where both are 0. */
  readonly smape: number;
  /** Mean |y - f| over that of the seasonal-naive forecast on the training part (Hyndman and Koehler 2006). */
  readonly mase: number;
}

/**
 * @param y        [N] what came
 * @param forecast [N] what was forecast; NaN, where there was no forecast, is left out
 * @param unit     mean |y[t] - y[t - m]| on the training part, m the season
 */
export function forecastErrors(y: Float64Array, forecast: Float64Array, unit: number): ForecastErrors {
  let count = 0;
  let absolute = 0;
  let square = 0;
  let symmetric = 0;
  for (let i = 0; i < y.length; i++) {
    const error = Math.abs(y[i]! - forecast[i]!);
    if (Number.isNaN(error)) continue;
    count++;
    absolute += error;
    square += error * error;
    if (error > 0) symmetric += error / (Math.abs(y[i]!) + Math.abs(forecast[i]!));
  }
  const mae = absolute / count;
  return { mae, rmse: Math.sqrt(square / count), smape: (200 * symmetric) / count, mase: mae / unit };
}
