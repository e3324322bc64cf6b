const STORED = "eddy-theme";

/** Light or dark: as the system says, until somebody chooses. @param onChange draws canvases anew */
export function initTheme(button: HTMLElement, onChange: () => void): void {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = (): boolean => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";
  const stored = read();
  if (stored === "dark" || stored === "light") root.dataset["theme"] = stored;
  button.addEventListener("click", () => {
    root.dataset["theme"] = isDark() ? "light" : "dark";
    write(root.dataset["theme"]);
    onChange();
  });
  system.addEventListener("change", onChange);
}

/** A browser may forbid to remember anything. */
function read(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function write(theme: string): void {
  try {
    localStorage.setItem(STORED, theme);
  } catch {
    // Then it is asked again next time.
  }
}
