/** Draws a curve into a small canvas, as large as its style says. */
export function drawSpark(
  canvas: HTMLCanvasElement,
  values: readonly (number | null)[],
  stroke: string,
): void {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const width = canvas.clientWidth || Number(canvas.dataset["width"] ?? 80);
  const height = canvas.clientHeight || Number(canvas.dataset["height"] ?? 20);
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return;
  const range = high - low;
  const y = (value: number) =>
    range === 0 ? height / 2 : height - 2 - ((value - low) / range) * (height - 4);
  const step = values.length > 1 ? (width - 2) / (values.length - 1) : 0;
  context.beginPath();
  let isDown = false;
  for (const [i, value] of values.entries()) {
    if (value === null) isDown = false;
    else if (isDown) context.lineTo(1 + i * step, y(value));
    else {
      context.moveTo(1 + i * step, y(value));
      isDown = true;
    }
  }
  context.strokeStyle = stroke;
  context.lineWidth = 1.25;
  context.lineJoin = "round";
  context.stroke();
}
