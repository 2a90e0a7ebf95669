import { useEffect, useState } from 'preact/hooks';
import { fetchReport, ReportRefused } from './gateway-api.ts';
import { keyWanted } from './key-wanted.ts';

export type Asked<Answer> =
  | { readonly state: 'asking' | 'forbidden' | 'failed' }
  | { readonly state: 'answered'; readonly answer: Answer };

/** A report that is refused because others are under way is asked for again so often, and after so long. */
const ATTEMPTS_MAX = 20;
const RETRY_MS = 1_000;

/** Reports are refused beyond two at once: this page asks for one after another. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * The answer to a GET of the gateway, asked again when the path changes, somebody logs in, or `changes` grows; a null path
 * asks nothing.
 */
export function useAnswer<Answer>(path: string | null, changes = 0): Asked<Answer> {
  const [asked, setAsked] = useState<Asked<Answer>>({ state: 'asking' });
  const [logIns, setLogIns] = useState(keyWanted.logIns);
  useEffect(() => keyWanted.subscribe(() => setLogIns(keyWanted.logIns)), []);
  useEffect(() => {
    if (path === null) return;
    const gone = new AbortController();
    setAsked({ state: 'asking' });
    turn = turn.then(async () => {
      if (gone.signal.aborted) return;
      const next = await ask<Answer>(path, gone.signal);
      if (!gone.signal.aborted) setAsked(next);
    });
    return () => gone.abort();
  }, [path, logIns, changes]);
  return asked;
}

/** Waits for its turn where other reports are under way, of this page before it was loaded again or of somebody else. */
async function ask<Answer>(path: string, signal: AbortSignal): Promise<Asked<Answer>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { state: 'answered', answer: await fetchReport<Answer>(path, signal) };
    } catch (error) {
      const status = error instanceof ReportRefused ? error.status : undefined;
      if (status === 403) return { state: 'forbidden' };
      if (status !== 503 || signal.aborted || attempt === ATTEMPTS_MAX) return { state: 'failed' };
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
