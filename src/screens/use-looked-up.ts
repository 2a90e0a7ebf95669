import { useEffect, useState } from 'preact/hooks';

/**
 * What the gateway says of a subject, such as a customer, asked again on another occasion: null until it answers and where it
 * does not, as the page goes on without. Null asks nothing.
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
