// Preloaded into a child (`node --import`): at SIGUSR2 its wall clock jumps by the milliseconds that stand in
// the file named by CLOCK_SHIFT_FILE, as when somebody sets the clock. Monotonic time goes on.
import { readFileSync } from "node:fs";

const file = process.env.CLOCK_SHIFT_FILE;
const now = Date.now.bind(Date);
let shiftMs = 0;

const read = () => {
  try {
    shiftMs = Number(readFileSync(file, "utf8")) || 0;
  } catch {
    shiftMs = 0;
  }
};

if (file !== undefined) {
  read();
  Date.now = () => now() + shiftMs;
  process.on("SIGUSR2", read);
}
