import { describe, expect, it } from "vitest";
import { connectClient, embeddedBroker, hashPassword, isPassword } from "../../src/mqtt/index.js";

describe("hashPassword()", () => {
  it("knows its password again, and no other; never gives the same text twice", async () => {
    const [one, two] = await Promise.all([hashPassword("grün"), hashPassword("grün")]);
    expect(one).not.toBe(two);
    expect(one).toMatch(/^scrypt\$16384\$8\$1\$/);
    expect(await isPassword("grün", one)).toBe(true);
    // The same letters, composed differently.
    expect(await isPassword("gru\u0308n", one)).toBe(true);
    expect(await isPassword("grun", one)).toBe(false);
    expect(await isPassword("", one)).toBe(false);
  });

  it("isPassword() refuses what is no hash, and costs beyond reason, without quoting them", async () => {
    const hash = await hashPassword("x");
    for (const bad of [
      "secret",
      hash.replace("16384", "9999999"),
      hash.replace("$8$1$", "$8$99$"),
      `${hash}=`,
    ]) {
      await expect(isPassword("x", bad)).rejects.toThrow(
        /^Cannot read a password's hash: .*found something else$/,
      );
    }
  });
});

describe("embeddedBroker()", () => {
  it("does not listen to other machines without users", async () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.2", "gateway"]) {
      await expect(embeddedBroker({ host, port: 0 })).rejects.toMatchObject({ code: "BROKER_NEEDS_USERS" });
    }
    await expect(embeddedBroker({ port: 0, users: { a: "plain" } })).rejects.toMatchObject({
      code: "BAD_PASSWORD_HASH",
    });
  });

  it("lets in who knows a password, and nobody else", async () => {
    const broker = await embeddedBroker({
      host: "0.0.0.0",
      port: 0,
      users: { pump: await hashPassword("s3cret") },
    });
    const login = (username?: string, password?: string) =>
      connectClient({
        url: broker.url,
        protocol: "3.1.1",
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      });
    const client = await login("pump", "s3cret");
    await client.publish("plant/1", "1");
    await client.close();
    await expect(login("pump", "wrong")).rejects.toThrow(/Bad username or password|Connection refused/i);
    await expect(login("__proto__", "s3cret")).rejects.toThrow();
    await expect(login("nobody", "s3cret")).rejects.toThrow();
    await expect(login()).rejects.toThrow();
    await broker.close();
  });
});
