// Tells what Vitest's JSON report holds: what was skipped and why, and as the last line `N passed, N failed`.
// Usage: node summary.mjs REPORT STATUS, where STATUS is the exit status of what should have written REPORT.
// Exit status 1 if anything failed, or was skipped for any reason but absent shared data.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const [path, status] = process.argv.slice(2);
const print = (line) => process.stdout.write(`${line}\n`);

/** The report, or an empty one when the build, the check or Vitest itself failed before it was written. */
function read() {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, success: false, testResults: [] };
  }
}

const report = read();
const skipped = report.testResults.flatMap((file) =>
  file.assertionResults
    .filter((test) => test.status !== "passed" && test.status !== "failed")
    .map((test) => ({ file: relative(process.cwd(), file.name), title: test.fullName.trim() })),
);
const isExcused = (test) => test.title.includes("(skipped: no shared data");
const excused = skipped.filter(isExcused);
const unexcused = skipped.filter((test) => !isExcused(test));

if (excused.length > 0)
  print(`${excused.length} skipped: no shared data (set EDDY_SHARED_DATA to its folder)`);
for (const test of unexcused) print(`Skipped without need: ${test.file}: ${test.title}`);

// A failed build, check or test file counts as one failure though no test of its own failed.
const failedFiles = report.testResults.filter(
  (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
).length;
const counted = report.numFailedTests + failedFiles + unexcused.length;
const failed = counted === 0 && (status !== "0" || !report.success) ? 1 : counted;
print(`${report.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
