import { useEffect, useState } from 'preact/hooks';
import { fetchReport, ReportRefused } from './gateway-api.ts';
import { keyWanted } from './key-wanted.ts';

export type Asked<Answer> =
  | { readonly state: 'asking' | 'forbidden' | 'failed' }
  | { readonly state: 'answered'; readonly answer: Answer };

/** How many times in all, and how far apart, a report is requested that is refused because too many others wait. */
const ATTEMPTS_MAX = 20;
const RETRY_MS = 1_000;

/** The gateway makes two reports at once, and others wait: this page requests one after another, so as not to hold up everybody else. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * The answer to a GET request, repeated when the path changes, somebody logs in, or `changes` grows. The last answer stays until the next one
 * if only `changes` grew. A null path requests nothing.
 */
export function useAnswer<Answer>(path: string | null, changes = 0): Asked<Answer> {
  const [asked, setAsked] = useState<Asked<Answer>>({ state: 'asking' });
  const logIns = useLogIns();
  useEffect(() => setAsked({ state: 'asking' }), [path, logIns]);
  useEffect(() => {
    if (path === null) return;
    const gone = new AbortController();
    turn = turn.then(async () => {
      if (gone.signal.aborted) return;
      const next = await ask<Answer>(path, gone.signal);
      if (!gone.signal.aborted) setAsked(next);
    });
    return () => gone.abort();
  }, [path, logIns, changes]);
  return asked;
}

/** How often somebody has logged in. */
export function useLogIns(): number {
  const [logIns, setLogIns] = useState(keyWanted.logIns);
  useEffect(() => keyWanted.subscribe(() => setLogIns(keyWanted.logIns)), []);
  return logIns;
}

/** Retries while too many other reports wait: those of somebody else, or of this page before it was reloaded. */
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
