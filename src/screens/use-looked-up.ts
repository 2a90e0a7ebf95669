import { useEffect, useState } from 'preact/hooks';

/**
 * What the gateway says about a subject, such as a customer. It is requested again when `occasion` changes. The result is null until
 * the gateway answers, and stays null if it does not: the page works without it. A null subject requests nothing.
 */
export function useLookedUp<Found>(
  subject: string | null,
  occasion: string,
  lookUp: (subject: string, signal: AbortSignal) => Promise<Found>,
): Found | null {
  const [found, setFound] = useState<{ readonly subject: string; readonly value: Found } | null>(null);
  useEffect(() => {
    if (subject === null) return;
    const gone = new AbortController();
    lookUp(subject, gone.signal).then(
      (value) => {
        if (!gone.signal.aborted) setFound({ subject, value });
      },
      () => {},
    );
    return () => gone.abort();
  }, [subject, occasion]);
  return found !== null && found.subject === subject ? found.value : null;
}
