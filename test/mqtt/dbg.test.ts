import { it } from "vitest";
import { readFileSync, rmSync } from "node:fs";
import { MosquittoRig } from "../conformance/connection-rig.js";
for (let k = 0; k < 40; k++) it("dbg" + k, async () => {
  rmSync("/tmp/mq.log", { force: true });
  const rig = await MosquittoRig.start("5", { persistence: true, lines: ["log_type all", "log_dest file /tmp/mq.log"] });
  const line = await rig.line(); const device = await rig.device();
  for (let i = 1; i <= 6; i++) await device.publish("in/a", String(i));
  await line.received(6);
  for (const p of line.packets.slice(0, 2)) p.acknowledge();
  await rig.mosquitto.restart(); await line.online(2);
  const other = await rig.device(); await other.publish("in/a", "7"); await line.received(7);
  for (const p of line.packets.slice(2)) p.acknowledge();
  await line.connection.close();
  const s = await rig.line(); await other.publish("in/a", "8"); await s.received(1);
  if (s.texts.join() !== "8") { console.log("BAD\n" + readFileSync("/tmp/mq.log", "utf8")); await rig.dispose(); throw new Error("stop"); }
  await rig.dispose();
});
