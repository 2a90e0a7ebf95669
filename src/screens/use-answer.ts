import { useEffect, useState } from 'preact/hooks';
import { fetchReport, ReportRefused } from './gateway-api.ts';
import { keyWanted } from './key-wanted.ts';

export type Asked<Answer> =
  | { readonly state: 'asking' | 'forbidden' | 'failed' }
  | { readonly state: 'answered'; readonly answer: Answer };

/** Reports share a thread with the tills and are refused beyond two at once: this page asks for one after another. */
let turn: Promise<unknown> = Promise.resolve();

/** The answer to a GET of the gateway, asked again when the path changes or somebody logs in; null asks nothing. */
export function useAnswer<Answer>(path: string | null): Asked<Answer> {
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
  }, [path, logIns]);
  return asked;
}

async function ask<Answer>(path: string, signal: AbortSignal): Promise<Asked<Answer>> {
  try {
    return { state: 'answered', answer: await fetchReport<Answer>(path, signal) };
  } catch (error) {
    return { state: error instanceof ReportRefused && error.status === 403 ? 'forbidden' : 'failed' };
  }
}
