import { describe, expect, it } from "vitest";
import { embeddedRig, Line, use } from "../conformance/connection-rig.js";

describe("Connection, embedded", () => {
  it("holds back a device's PUBACK until its packet is acknowledged", async () => {
    const rig = await use(embeddedRig);
    const line = await rig.line();
    const device = await rig.device();
    let isAnswered = false;
    const sent = device.publish("in/a", "1").then(() => {
      isAnswered = true;
    });
    await line.received(1);
    const other = await rig.device();
    await other.publish("elsewhere", "answered at once");
    expect(isAnswered).toBe(false);
    line.packet(0).acknowledge();
    await sent;
  });

  it("holds it back until every pipeline that listens has acknowledged", async () => {
    const rig = await use(embeddedRig);
    const lines = [await rig.line(), await rig.line()] as const;
    const device = await rig.device();
    let isAnswered = false;
    const sent = device.publish("in/a", "1").then(() => {
      isAnswered = true;
    });
    for (const line of lines) await line.received(1);
    lines[0].packet(0).acknowledge();
    const other = await rig.device();
    await other.publish("elsewhere", "answered at once");
    expect(isAnswered).toBe(false);
    lines[1].packet(0).acknowledge();
    await sent;
  });

  it("keeps devices' packets for a connection that is not open yet", async () => {
    const rig = await use(embeddedRig);
    const connection = rig.connection();
    const device = await rig.device();
    const sent = device.publish("in/a", "early");
    const other = await rig.device();
    await other.publish("elsewhere", "answered at once");
    const line = new Line(connection);
    await line.received(1);
    line.packet(0).acknowledge();
    await sent;
    expect(line.texts).toEqual(["early"]);
  });

  it("gives a closed connection's place to the next with the same filters", async () => {
    const rig = await use(embeddedRig);
    const first = await rig.line();
    await first.connection.close();
    const second = await rig.line();
    const device = await rig.device();
    const sent = device.publish("in/a", "1");
    await second.received(1);
    second.packet(0).acknowledge();
    await sent;
    expect(first.packets).toEqual([]);
  });

  it("hands one pipeline's results to another that listens, which settles them", async () => {
    const rig = await use(embeddedRig);
    const [first, second] = [await rig.line(), await rig.line()];
    const published = first.connection.publish({ topic: "in/result", payload: "p", qos: 1 });
    await second.received(1);
    second.packet(0).acknowledge();
    await published;
    expect(first.packets).toEqual([]);
  });
});
