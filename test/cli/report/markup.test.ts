import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html } from "../../../src/cli/report/markup.js";

describe("html", () => {
  it("escapes whatever is no markup, in texts, attributes and lists", () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const made = html`<p title="${evil}">${evil}${[html`<b>${evil}</b>`, evil]}</p>`.toString();
    expect(made.match(/<[a-z/][^>]*>/g)).toEqual([
      `<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">`,
      "<b>",
      "</b>",
      "</p>",
    ]);
  });

  it("writes nothing for what is not there, and 0 as 0", () => {
    expect(html`${undefined}${null}${false}${0}${[]}`.toString()).toBe("0");
  });

  it("lets no text open a tag, leave an attribute, or bring in characters that HTML has no place for", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const [, inside = ""] =
          /^<i a="([^"]*)">\1<\/i>$/s.exec(html`<i a="${text}">${text}</i>`.toString()) ?? [];
        expect(inside).not.toMatch(/[<>"]/);
        expect(inside).not.toMatch(/[^\P{Cc}\n\t]|\p{Cs}/u);
        expect(inside.length).toBeGreaterThanOrEqual(text.length);
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});
