import { it } from "vitest";
import { connect } from "mqtt";
import { startMosquitto } from "../support/mosquitto.js";
it("dbg", async () => {
  const m = await startMosquitto({ maxInflight: 10 });
  const c = connect(m.url, { clientId: "x", protocolVersion: 4, clean: false });
  const ids: number[] = []; let acks = 0;
  c.handleMessage = (p, done) => { if (p.qos===1) ids.push(p.messageId!); done(new Error("held")); };
  c.on("packetsend", (p) => { if (p.cmd === "puback") acks++; });
  await new Promise<void>(r => c.on("connect", () => r()));
  await c.subscribeAsync("in/#", { qos: 1 });
  const d = connect(m.url);
  for (let i = 0; i < 30; i++) await d.publishAsync("in/a", String(i), { qos: 1 });
  await new Promise(r => setTimeout(r, 300));
  console.log("before", ids.length, acks);
  for (const n of [1, 2, 3, 4]) { for (let k = 0; k < n; k++) (c as any)._sendPacket({ cmd: "puback", messageId: ids[acks], reasonCode: 0 }); await new Promise(r => setTimeout(r, 300)); console.log("acks", acks, "got", ids.length); }
  c.end(true); d.end(true); await m.dispose();
});
