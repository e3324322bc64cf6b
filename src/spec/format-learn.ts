import { z } from "zod";
import { about, every, integer, percent } from "./value-types.js";

const TBPTT_WORDS = "[k1, k2], whole numbers with 1 <= k1 <= k2 <= 4096";

const tbptt = z
  .tuple([integer(1, 4096), integer(1, 4096)], TBPTT_WORDS)
  .check((context) => {
    const [k1, k2] = context.value;
    if (k2 >= k1) return;
    context.issues.push({
      code: "custom",
      input: context.value,
      message: TBPTT_WORDS,
      params: { code: "TBPTT_ORDER" },
    });
  })
  .meta({ title: TBPTT_WORDS });

export const learnFormat = z
  .strictObject(
    {
      every: about(every.default("15m"), "How often to fine-tune: by event time, or by count of events."),
      "on-drift": about(
        z.boolean().default(true),
        "Also when the forecasts' errors have grown for good, by ADWIN.",
      ),
      tbptt: about(
        tbptt.default([32, 64]),
        "Every k1 steps, their loss is back-propagated through at most the last k2 steps.",
      ),
      budget: about(
        percent.default("20%"),
        "Share of one processor core that learning may take; below 100% it also gives way to events.",
      ),
    },
    "how to fine-tune: every, on-drift, tbptt, budget",
  )
  .meta({
    description: "Fine-tuning beside inference. Without it the first network stays.",
    "x-absent": "no fine-tuning",
  });
