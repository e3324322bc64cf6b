import { readFile, writeFile } from "node:fs/promises";
import { Command } from "commander";
import { modelSignatures, newSigningKey, readModelFile, signModel } from "../../runtime/index.js";
import { wrongUse } from "../wrong-use.js";

interface SignOptions {
  readonly key?: string;
  readonly newKey?: string;
  readonly json?: boolean;
}

/** `eddy model sign`: a signature at the end of the file, which runs anywhere as before. */
export function signCommand(): Command {
  return new Command("sign")
    .description("sign a model (ed25519), so that pipelines can require it")
    .argument("[file]", "ONNX model, signed in place")
    .option("--key <file>", "private key in PEM")
    .option("--new-key <file>", "make a private key first, in a new file that only you can read")
    .option("--json", "one JSON object for machines")
    .addHelpText(
      "after",
      "\nExamples:\n  eddy model sign pump.onnx --new-key signing.pem\n  eddy model sign pump.onnx --key signing.pem" +
        "\nThe same key by OpenSSL: openssl genpkey -algorithm ed25519 -out signing.pem",
    )
    .action(async (file: string | undefined, { key, newKey, json }: SignOptions) => {
      const from = newKey ?? key;
      if (from === undefined || (key !== undefined && newKey !== undefined)) {
        throw wrongUse("Cannot sign: expected either --key or --new-key");
      }
      if (newKey !== undefined) await writeFile(newKey, newSigningKey(), { mode: 0o600, flag: "wx" });
      const model = file === undefined ? new Uint8Array(0) : await readModelFile(file);
      const { bytes, publicKey } = signModel(model, await readFile(from));
      if (file !== undefined) await writeFile(file, bytes);
      if (json) console.log(JSON.stringify({ type: "result", model: file ?? null, publicKey }));
      else {
        if (file !== undefined) console.log(`signed ${file}`);
        console.log(`models: { require-signature: ["${publicKey}"] }`);
      }
    });
}

interface VerifyOptions {
  readonly key: readonly string[];
  readonly json?: boolean;
}

/** `eddy model verify`: exit code 1 unless a signature, of one of the keys that are asked for, is valid. */
export function verifyCommand(): Command {
  return new Command("verify")
    .description("a model's signatures; exit 1 unless one is valid, and of one of the keys that are named")
    .argument("<file>", "ONNX model")
    .option("--key <public key...>", "keys that are trusted, as sign prints them; default: any", [])
    .option("--json", "one JSON object for machines")
    .addHelpText("after", "\nExample:\n  eddy model verify pump.onnx --key GZf0o5h1...=")
    .action(async (file: string, { key, json }: VerifyOptions) => {
      const signatures = modelSignatures(await readModelFile(file));
      const isVerified = signatures.some(
        ({ publicKey, isValid }) => isValid && (key.length === 0 || key.includes(publicKey)),
      );
      if (json) console.log(JSON.stringify({ type: "result", isVerified, signatures }));
      else {
        for (const { publicKey, isValid } of signatures) {
          console.log(`${publicKey}: ${isValid ? "valid" : "does NOT fit the file"}`);
        }
        if (signatures.length === 0) console.log("not signed");
        else if (!isVerified) console.log("NOT signed by a key that is asked for");
      }
      if (!isVerified) process.exitCode = 1;
    });
}
