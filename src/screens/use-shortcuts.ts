import { useEffect, useRef } from 'preact/hooks';
import { CodeScanner } from './code-scanner.ts';
import { usesSingleKeys } from './preferences.ts';

export interface Shortcuts {
  /** By `KeyboardEvent.key`; work everywhere, also while typing. */
  readonly always?: Readonly<Record<string, () => void>>;
  /** By `KeyboardEvent.key` in lower case; work outside text fields. */
  readonly single?: Readonly<Record<string, () => void>>;
  /** Digit keys, told apart from a scanned barcode. */
  readonly digit?: (digit: number) => void;
  readonly shiftDigit?: (digit: number) => void;
  readonly code?: (code: string) => void;
  /** Any other letter, before it is typed. */
  readonly letter?: () => void;
}

export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    const scanner = new CodeScanner({
      onKey: (key) => usesSingleKeys() && current.current.digit?.(Number(key)),
      onCode: (code) => current.current.code?.(code),
    });
    const onKeyDown = (event: KeyboardEvent) => {
      if (handleKey(event, current.current, scanner)) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

/** True when the key is used up. */
function handleKey(event: KeyboardEvent, shortcuts: Shortcuts, scanner: CodeScanner): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return false;
  const always = shortcuts.always?.[event.key];
  if (always) return run(always);
  if (isTyping(event.target)) return false;
  if (event.key === 'Enter') return scanner.enter();

  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit !== undefined && shortcuts.digit) {
    if (!event.shiftKey) return run(() => scanner.type(digit));
    if (!usesSingleKeys()) return false;
    return run(() => shortcuts.shiftDigit?.(Number(digit)));
  }
  const isCharacter = event.key.length === 1;
  const single = shortcuts.single?.[event.key.toLowerCase()];
  if (single && (!isCharacter || usesSingleKeys())) return run(single);
  if (isCharacter && /\p{L}/u.test(event.key)) shortcuts.letter?.();
  return false;
}

function run(action: () => void): true {
  action();
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox]), select, textarea');
}
