import type { Language } from './live-protocol.ts';

export type Theme = 'light' | 'dark';

function read(name: string): string | null {
  try {
    return localStorage.getItem(`basketlift.${name}`);
  } catch {
    return null;
  }
}

function write(name: string, text: string): void {
  try {
    localStorage.setItem(`basketlift.${name}`, text);
  } catch {
    // localStorage is blocked or full: the choice lasts until the page is closed.
  }
}

export function preferredLanguage(): Language {
  const chosen = read('language') ?? navigator.language;
  return chosen.startsWith('nl') ? 'nl' : 'en';
}

export function chooseLanguage(language: Language): void {
  write('language', language);
  document.documentElement.lang = language;
}

export function preferredTheme(): Theme {
  const chosen = read('theme');
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function chooseTheme(theme: Theme): void {
  write('theme', theme);
  document.documentElement.dataset.theme = theme;
}

/** Applies earlier choices to the document before anything is rendered. */
export function applyPreferences(): void {
  document.documentElement.lang = preferredLanguage();
  applyTheme();
}

/** Applies only the theme, for a page that has just one language. */
export function applyTheme(): void {
  const theme = read('theme');
  if (theme) document.documentElement.dataset.theme = theme;
}

export function usesSingleKeys(): boolean {
  return read('single-keys') !== 'off';
}

export function chooseSingleKeys(isOn: boolean): void {
  write('single-keys', isOn ? 'on' : 'off');
}
