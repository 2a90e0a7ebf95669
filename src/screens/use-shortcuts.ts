import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CodeScanner } from './code-scanner.ts';
import { usesSingleKeys } from './preferences.ts';

export interface Shortcuts {
  /** By `KeyboardEvent.key`; they work everywhere, even while typing. */
  readonly always: Readonly<Record<string, () => void>>;
  /** By `KeyboardEvent.key` in lower case; they work outside text fields. */
  readonly single: Readonly<Record<string, () => void>>;
  readonly digit?: (digit: number, pressedMs: number) => void;
  readonly shiftDigit?: (digit: number, pressedMs: number) => void;
  /** Called with a scanned code, unless it was scanned into a text field other than the search field. */
  readonly code: (code: string) => void;
  /** The search field, which `/` focuses. */
  readonly search: RefObject<HTMLInputElement>;
  /** Whether a letter also focuses the search field and is typed there. */
  readonly lettersSearch?: boolean;
}

export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    const scanner = new CodeScanner((code) => {
      current.current.search.current?.blur();
      current.current.code(code);
    });
    // Runs before any part of the page sees the key, so that the Enter of a scan presses no button and selects no result.
    const onKeyDown = (event: KeyboardEvent) => {
      if (!handleKey(event, current.current, scanner)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener('keydown', onKeyDown, true);
    return () => removeEventListener('keydown', onKeyDown, true);
  }, []);
}

/** Returns whether the key was handled. */
function handleKey(event: KeyboardEvent, shortcuts: Shortcuts, scanner: CodeScanner): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return false;
  const always = shortcuts.always[event.key];
  if (always) return once(event, always);
  if (event.target === shortcuts.search.current) return handleSearchKey(event, scanner);
  if (isTyping(event.target)) return false;
  if (event.key === 'Enter') return event.repeat || scanner.enter();
  if (event.key.length === 1)
    return event.repeat ? event.key !== ' ' : handleCharacter(event, shortcuts, scanner);
  const single = shortcuts.single[event.key.toLowerCase()];
  return single !== undefined && once(event, single);
}

/** In the search field, characters are text unless they prove to be a scanned code, which needs a digit: words are typed as fast. */
function handleSearchKey({ key, repeat }: KeyboardEvent, scanner: CodeScanner): boolean {
  if (key.length === 1 && !repeat) scanner.type(key);
  return key === 'Enter' && /\d/.test(scanner.burst) && scanner.enter();
}

function handleCharacter(event: KeyboardEvent, shortcuts: Shortcuts, scanner: CodeScanner): boolean {
  const { key } = event;
  // The space bar presses the focused control.
  if (key === ' ' && scanner.burst === '') return false;
  const digit = digitOf(event);
  scanner.type(
    digit === undefined || event.shiftKey ? key : digit,
    usesSingleKeys() ? actOf(event, digit, shortcuts) : undefined,
  );
  const isLetter = shortcuts.lettersSearch === true && /\p{L}/u.test(key);
  if (isLetter || (key === '/' && usesSingleKeys())) shortcuts.search.current?.focus();
  return !isLetter;
}

/** Digit by the position of the key, because French keyboards type digits with Shift. */
function digitOf({ code }: KeyboardEvent): string | undefined {
  return /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
}

function actOf(
  { key, shiftKey, timeStamp }: KeyboardEvent,
  digit: string | undefined,
  shortcuts: Shortcuts,
): (() => void) | undefined {
  const onDigit = shiftKey ? shortcuts.shiftDigit : shortcuts.digit;
  if (digit !== undefined && onDigit) return () => onDigit(Number(digit), timeStamp);
  return shortcuts.single[key.toLowerCase()];
}

/** Holding a key down counts as pressing it once. */
function once(event: KeyboardEvent, action: () => void): true {
  if (!event.repeat) action();
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox]), select, textarea');
}
