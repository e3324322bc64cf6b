import { readFile } from "node:fs/promises";
import { InvalidArgumentError, Option } from "commander";
import type { Eddy } from "../runtime/index.js";
import type { Address, Dashboard } from "../server/index.js";
import { version } from "./version.js";

/** E-D-D-Y on a telephone's keys; the server's default. */
const DEFAULT = "127.0.0.1:3339";

export interface DashboardFlags {
  /** True where it is asked for without an address; false: not at all. */
  readonly dashboard?: string | boolean;
  readonly dashboardPasswordFile?: string;
}

/** `--dashboard [HOST:PORT]` */
export function dashboardOption(): Option {
  return new Option("--dashboard [host:port]", `show what happens in a browser (default: ${DEFAULT})`);
}

/** `--dashboard-password-file FILE` */
export function passwordOption(): Option {
  return new Option(
    "--dashboard-password-file <file>",
    "holds the dashboard's password, needed where others can reach it (or EDDY_DASHBOARD_PASSWORD)",
  );
}

/**
 * Opens the dashboard that the flags ask for: it answers probes at once, and shows what `showOn` gives it.
 *
 * @param isObliging takes any free port of this machine if the one that nobody asked for is in use
 * @throws Error code `PASSWORD_NEEDED`, `ADDRESS_IN_USE`, `ADDRESS_NOT_AVAILABLE`
 */
export async function openDashboard(
  { dashboard, dashboardPasswordFile: file }: DashboardFlags,
  isObliging = false,
): Promise<Dashboard | undefined> {
  if (dashboard === undefined || dashboard === false) return undefined;
  // A small device takes its time to load a web server: only who asked for one waits.
  const { Dashboard, parseAddress, DEFAULT_ADDRESS } = await import("../server/index.js");
  const password = file === undefined ? process.env["EDDY_DASHBOARD_PASSWORD"] : await passwordIn(file);
  const address = dashboard === true ? DEFAULT_ADDRESS : parseAddress(dashboard);
  const open = (at: Address) => Dashboard.open({ address: at, password, version });
  try {
    return await open(address);
  } catch (error) {
    const isInUse = error instanceof Error && "code" in error && error.code === "ADDRESS_IN_USE";
    if (!isObliging || dashboard !== true || !isInUse) throw error;
    return open({ ...address, port: 0 });
  }
}

async function passwordIn(file: string): Promise<string> {
  const password = (await readFile(file, "utf8")).trim();
  if (password === "") throw new InvalidArgumentError(`${file} is empty: expected a password in it.`);
  return password;
}

/** From now on it shows this Eddy, and asks it. */
export function showOn(dashboard: Dashboard, eddy: Eddy): void {
  dashboard.show(
    { pipelines: eddy.live, directory: eddy.directory, storeBytes: () => eddy.storeBytes() },
    {
      commands: eddy.live[0]?.control.commands ?? [],
      request: async (pipeline, command, body) => {
        const answer = await eddy.request({ pipeline, command, body });
        return answer.ok ? { ok: true } : { ok: false, error: answer.error };
      },
    },
  );
  eddy.ended.catch((error: unknown) =>
    dashboard.failed(error instanceof Error ? error.message : String(error)),
  );
}
