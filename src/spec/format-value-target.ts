import { z } from "zod";
import { supervisedFields } from "./format-supervised.js";
import { about, fieldName } from "./value-types.js";

/** A number that another instrument shows, at the same event or some events before or later. */
export const valueTarget = z.strictObject(
  {
    value: about(
      fieldName,
      "Field with the number that is estimated, a reference instrument's: read where a network is trained or tested, never needed live.",
      { example: "reference" },
    ),
    ...supervisedFields,
    of: about(
      fieldName.optional(),
      "The field that it is the truth of: it stands in predictions as `value`, and `eddy train` compares the network with it as it is.",
      { example: "sensor", absent: "no such field" },
    ),
  },
  "a value: { value, at, pool, ahead, of }",
);
