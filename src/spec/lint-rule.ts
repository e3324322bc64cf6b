import type { FullDocument } from "./full-document.js";
import type { Path, Problem } from "./problem.js";

/** What a rule sees, and how it speaks. */
export interface LintContext {
  /** The pipeline with everything said. */
  readonly full: FullDocument;
  /** The file itself says something there. */
  isWritten(path: Path): boolean;
  /** The value there came from the environment, or part of it. */
  isFromEnvironment(path: Path): boolean;
  report(path: Path, message: string): void;
}

/** Something about several fields that must hold (an error) or should (a warning). */
export interface LintRule {
  readonly code: string;
  readonly severity: Problem["severity"];
  /** For the reference page: what must hold. */
  readonly description: string;
  /** Paths it looks at: while one of them has problems of its own, the rule is silent. */
  readonly needs: readonly string[];
  readonly check: (context: LintContext) => void;
}
