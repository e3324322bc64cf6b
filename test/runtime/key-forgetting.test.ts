import { describe, expect, it } from "vitest";
import type { PipelineControl } from "../../src/runtime/control/index.js";
import { KeyForgetting } from "../../src/runtime/key-forgetting.js";
import { readForgotten } from "../../src/stream/index.js";

/** So many keys that are gone, of which some are in memory again. */
function rig(count: number, resident: readonly string[] = [], answers = true) {
  let gone = Array.from({ length: count }, (_, i) => `k${i}`);
  const asked: string[][] = [];
  const tell: PipelineControl["tell"] = async ({ kind, key, body }) => {
    expect([kind, key]).toEqual(["forget", ""]);
    const keys = readForgotten(body).map((one) => one.key);
    asked.push(keys);
    if (!answers) return { ok: false, command: kind, error: { code: "NOT_RUNNING", message: "" } };
    gone = gone.filter((one) => !keys.includes(one));
    return { ok: true, command: kind };
  };
  const forgetting = new KeyForgetting({
    store: {
      lookForGone(after, most) {
        const found = gone.filter((key) => Number(key.slice(1)) > (after?.key ?? -1)).slice(0, most);
        const last = Number(found.at(-1)?.slice(1));
        return { found, at: found.length === most ? { position: 1, key: last } : undefined };
      },
    },
    pager: () => ({ isResident: (key) => resident.includes(key) }),
    control: { tell },
  });
  return { forgetting, asked };
}

describe("KeyForgetting", () => {
  it("asks for all that are gone, some hundred at a time, and for nothing when nobody is", async () => {
    const { forgetting, asked } = rig(600);
    await forgetting.look();
    expect(asked.map((keys) => keys.length)).toEqual([128, 128, 128, 128, 88]);
    expect(new Set(asked.flat()).size).toBe(600);
    await forgetting.look();
    expect(asked).toHaveLength(5);
  });

  it("leaves alone those that are in memory, and goes past them", async () => {
    const resident = Array.from({ length: 300 }, (_, i) => `k${i}`);
    const { forgetting, asked } = rig(302, resident);
    await forgetting.look();
    expect(asked).toEqual([["k300", "k301"]]);
  });

  it("looks at a part of very many at a time, begins anew after the last, and bears a refusal", async () => {
    const { forgetting, asked } = rig(12_000, [], false);
    await forgetting.look();
    expect(asked.flat()).toHaveLength(80 * 128);
    await forgetting.look();
    expect(asked.flat()).toHaveLength(12_000);
    await forgetting.look();
    expect(asked.flat()).toHaveLength(12_000 + 80 * 128);
  });
});
