import { describe, expect, it } from "vitest";
import type { AlertChange, AlertState } from "../../../src/core/index.js";
import { AlertGroups } from "../../../src/detection/alert/alert-groups.js";

const MINUTE = 60_000;
const PLAIN = { score: 0.1, value: 1, forecast: null };

function change(state: AlertState, time: number): AlertChange {
  return { state, since: time, score: 0.9, value: 5, forecast: null, why: `own ${state}` };
}

/** Passes events [key, minute, own state], and gives what is said, `state: why`, or "". */
function said(groups: AlertGroups, events: readonly (readonly [string, number, (AlertState | "")?])[]) {
  return events.map(([key, minute, state = ""]) => {
    const own = state === "" ? undefined : change(state, minute * MINUTE);
    const told = groups.pass(key, minute * MINUTE, own, PLAIN);
    return told === undefined ? "" : `${told.state}: ${told.why}`;
  });
}

describe("AlertGroups", () => {
  const groups = () => new AlertGroups(() => 2 * MINUTE);

  it("leaves keys alone that alert apart", () => {
    expect(
      said(groups(), [
        ["a", 0, "raised"],
        ["b", 3, "raised"],
        ["a", 4, "updated"],
        ["a", 5, "cleared"],
        ["b", 6, "cleared"],
        ["a", 7],
      ]),
    ).toEqual(["raised: own raised", "raised: own raised", "updated: own updated", ...cleared(2), ""]);
  });

  it("makes one alert of several, told at the first key's events, open until the last is calm", () => {
    const all = groups();
    expect(
      said(all, [
        ["a", 0, "raised"],
        ["b", 1, "raised"],
        ["c", 2, "raised"],
        ["a", 3],
        ["b", 3, "updated"],
        ["a", 4],
        ["a", 5, "cleared"],
        ["c", 5, "cleared"],
        ["a", 6],
      ]),
    ).toEqual(["raised: own raised", "", "", "updated: 3 keys alert together: a, b, c", "", "", "", "", ""]);
    expect([all.isLed("a"), all.isLed("b")]).toEqual([true, false]);
    expect(
      said(all, [
        ["b", 7, "cleared"],
        ["a", 8],
        ["a", 9],
      ]),
    ).toEqual(["", "cleared: all of a, b, c are calm", ""]);
    expect(all.isLed("a")).toBe(false);
  });

  it("goes on with the same alert where its first key is unusual again", () => {
    expect(
      said(groups(), [
        ["a", 0, "raised"],
        ["b", 1, "raised"],
        ["a", 2, "cleared"],
        ["a", 3, "raised"],
        ["b", 4, "cleared"],
        ["a", 5, "cleared"],
      ]),
    ).toEqual([
      "raised: own raised",
      "",
      "updated: 2 keys alert together: a, b",
      "updated: own raised; 2 keys alert together: a, b",
      "",
      "cleared: all of a, b are calm",
    ]);
  });

  it("lets keys join as long as one after the other does, and names ten", () => {
    const raised = Array.from({ length: 13 }, (_, i) => [`k${i}`, i, "raised"] as const);
    const told = said(groups(), [...raised, ["k0", 13]]);
    expect(told.at(-1)).toBe(
      "updated: 13 keys alert together: k0, k1, k2, k3, k4, k5, k6, k7, k8, k9 and 3 more",
    );
    expect(told.slice(1, -1).join("")).toBe("");
  });

  it("waits for nothing of a key that is forgotten", () => {
    const all = groups();
    said(all, [
      ["a", 0, "raised"],
      ["b", 1, "raised"],
      ["a", 2, "cleared"],
    ]);
    all.forget("b");
    expect(said(all, [["a", 3]])).toEqual(["cleared: all of a, b are calm"]);
  });

  it("tells of keys that fall silent together at once", () => {
    const all = groups();
    said(all, [["b", 0, "raised"]]);
    const found = ["b", "c", "d"].map((key) => ({ key, time: MINUTE, change: change("raised", MINUTE) }));
    expect(all.gather(found)).toMatchObject({
      key: "c",
      change: { state: "raised", why: "own raised; 2 keys alert together: c, d" },
    });
    expect(
      said(all, [
        ["d", 2, "cleared"],
        ["c", 2, "cleared"],
      ]),
    ).toEqual(["", "cleared: all of c, d are calm"]);
  });

  it("leaves all alone where no time is stated", () => {
    const none = new AlertGroups(() => undefined);
    expect(
      said(none, [
        ["a", 0, "raised"],
        ["b", 0, "raised"],
      ]),
    ).toEqual(["raised: own raised", "raised: own raised"]);
    expect([...none.keys()]).toEqual([]);
  });

  it("goes on alike after being saved and restored", () => {
    const first = groups();
    said(first, [
      ["a", 0, "raised"],
      ["b", 1, "raised"],
    ]);
    const second = groups();
    second.restore("", first.save("") ?? new Uint8Array());
    expect(second.save("")).toEqual(first.save(""));
    expect(first.save("a")).toBeUndefined();
    const rest = [
      ["a", 2],
      ["c", 2, "raised"],
      ["b", 3, "cleared"],
      ["a", 4],
    ] as const;
    expect(said(second, rest)).toEqual(said(first, rest));
  });
});

function cleared(times: number): string[] {
  return Array.from({ length: times }, () => "cleared: own cleared");
}
