import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { brokerAccess } from "../../src/runtime/broker-access.js";
import { temporaryFolder } from "../support/temporary.js";

const folder = temporaryFolder();
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("brokerAccess()", () => {
  it("takes the pipeline's own, files' first lines and PEM bytes among them", () => {
    const access = brokerAccess(
      {
        username: "eddy",
        passwordFile: file("password", "s3cret\nsecond line\n"),
        ca: file("ca.pem", "CA"),
        cert: file("cert.pem", "CERT"),
        key: file("key.pem", "KEY"),
      },
      { EDDY_BROKER_USERNAME: "other", EDDY_BROKER_PASSWORD: "other" },
    );
    expect(access).toEqual({
      username: "eddy",
      password: "s3cret",
      ca: Buffer.from("CA"),
      cert: Buffer.from("CERT"),
      key: Buffer.from("KEY"),
    });
  });

  it("takes from the environment what the pipeline leaves unsaid", () => {
    const environment = {
      EDDY_BROKER_USERNAME: "gateway",
      EDDY_BROKER_PASSWORD_FILE: file("other", "from a file"),
      EDDY_BROKER_CA: file("ca2.pem", "CA2"),
    };
    expect(brokerAccess({}, environment)).toEqual({
      username: "gateway",
      password: "from a file",
      ca: Buffer.from("CA2"),
    });
    expect(brokerAccess({}, { EDDY_BROKER_PASSWORD: "direct" })).toEqual({ password: "direct" });
    expect(brokerAccess({}, {})).toEqual({});
  });

  it("names a file that it cannot read", () => {
    expect(() => brokerAccess({ ca: join(folder, "none.pem") }, {})).toThrow(
      /Cannot read for the broker .*none\.pem: expected a readable file, found ENOENT/,
    );
  });
});
