import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The page's build: a few files under dist/server/page, served from memory. Nothing inline: the policy forbids it. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  logLevel: "warn",
  build: {
    outDir: fileURLToPath(new URL("../../../dist/server/page", import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
});
