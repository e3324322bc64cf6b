import { Command } from "commander";
import { openStoreForReading } from "../../store/index.js";

/** `eddy backup`: a consistent copy of a data directory's database, while Eddy runs on it. */
export function backupCommand(): Command {
  return new Command("backup")
    .description("make a consistent copy of a data directory's database, also while Eddy runs on it")
    .argument("<file>", "where to: must not exist yet")
    .option("--data <dir>", "data directory", "eddy-data")
    .option("--json", "one JSON object, for machines")
    .addHelpText("after", "\nExample:\n  eddy backup --data eddy-data monday.sqlite")
    .action(async (file: string, options: { readonly data: string; readonly json?: boolean }) => {
      const store = openStoreForReading(options.data);
      try {
        await store.backup(file);
      } finally {
        await store.close();
      }
      console.log(
        options.json ? JSON.stringify({ type: "result", file }) : `${options.data} copied to ${file}`,
      );
    });
}
