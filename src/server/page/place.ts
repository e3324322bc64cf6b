import type { PipelineInfo } from "../wire.js";

/** What is looked at: it stands in the address, so that it can be bookmarked and gone back to. */
export interface Place {
  readonly pipeline: string;
  readonly view: "keys" | "model" | "machine";
  readonly key: string | undefined;
}

/** `#/demo/keys/pump-1`; anything else is the first pipeline's keys. */
export function placeOf(hash: string, infos: readonly Pick<PipelineInfo, "name">[]): Place {
  const [, pipeline = "", view, ...rest] = hash.split("/").map(decoded);
  const known = infos.find(({ name }) => name === pipeline)?.name ?? infos[0]?.name ?? "";
  const key = rest.length > 0 && rest[0] !== "" ? rest.join("/") : undefined;
  if (view === "model" || view === "machine") return { pipeline: known, view, key: undefined };
  return { pipeline: known, view: "keys", key };
}

export function urlOf({ pipeline, view, key }: Place): string {
  const parts = [pipeline, view, ...(key === undefined ? [] : [key])];
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
