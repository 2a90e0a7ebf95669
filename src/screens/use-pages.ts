import { useEffect, useState } from 'preact/hooks';
import { type Asked, useAnswer, useLogIns } from './use-answer.ts';

/** What a list has of its pages, the newest first. */
export interface Pages<Page> {
  readonly pages: readonly Page[];
  /** Of the page requested last. */
  readonly state: Asked<Page>['state'];
  readonly hasOlder: boolean;
  /** Whether there are, or may be, several. */
  readonly isPaged: boolean;
  /** Requests the next page, or again the one that has failed. */
  readonly readOlder: () => void;
}

/** Requests a list page by page; each page says in `next` what the one after it is before. @param path with a query */
export function usePages<Page extends { readonly next?: number }>(path: string): Pages<Page> {
  const [read, setRead] = useState<readonly Page[]>([]);
  const [retries, setRetries] = useState(0);
  const logIns = useLogIns();
  // Another key may be another tenant's.
  useEffect(() => setRead([]), [path, logIns]);
  const before = read.at(-1)?.next;
  const asked = useAnswer<Page>(before === undefined ? path : `${path}&before=${before}`, retries);
  // When another page has just been requested, the answer is still that of the page before it.
  const newest = asked.state === 'answered' && asked.answer !== read.at(-1) ? asked.answer : undefined;
  const hasOlder = newest?.next !== undefined;
  return {
    pages: newest ? [...read, newest] : read,
    state: newest || asked.state !== 'answered' ? asked.state : 'asking',
    hasOlder,
    isPaged: hasOlder || read.length > 0,
    readOlder() {
      if (hasOlder) setRead([...read, newest!]);
      else if (asked.state === 'failed') setRetries(retries + 1);
    },
  };
}
