import { ByteReader, ByteWriter } from "../core/index.js";
import type { Forecaster } from "./forecaster.js";
import { averagedNetwork, beginTrainee, readTrainee, type Trainee, writeTrainee } from "./trainee.js";

/** A forecaster that goes on learning beside the one in service: its networks, by horizon, then member. */
export type Apprentice = readonly (readonly Trainee[])[];

export function beginApprentice({ networks }: Forecaster): Apprentice {
  return networks.map((members) => members.map(beginTrainee));
}

/** What would serve. */
export function apprenticeForecaster(apprentice: Apprentice): Forecaster {
  return { networks: apprentice.map((members) => members.map(averagedNetwork)) };
}

/** Horizons, members, then each network's. */
export function apprenticeToBytes(apprentice: Apprentice): Uint8Array {
  const writer = new ByteWriter().u32(apprentice.length).u32(apprentice[0]?.length ?? 0);
  for (const trainee of apprentice.flat()) writeTrainee(trainee, writer);
  return writer.finish();
}

/** @throws RangeError code `STATE_CORRUPT`, `NETWORK_CORRUPT` */
export function apprenticeFromBytes(bytes: Uint8Array): Apprentice {
  const reader = new ByteReader(bytes, "apprentice");
  const [horizons, members] = [reader.u32(), reader.u32()];
  const apprentice = Array.from({ length: horizons }, () =>
    Array.from({ length: members }, () => readTrainee(reader, "apprentice")),
  );
  reader.end();
  return apprentice;
}
