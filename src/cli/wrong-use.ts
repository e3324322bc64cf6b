/** An error of whoever typed the command: exit code 2. */
export function wrongUse(message: string): Error & { code: "WRONG_USE" } {
  return Object.assign(new Error(message), { code: "WRONG_USE" as const });
}
