import { useEffect, useRef, useState } from 'preact/hooks';
import { type CategoryChip, categoryChips } from './category-chips.ts';
import type { Product } from './live-protocol.ts';
import type { Found } from './product-catalogue.ts';
import type { Desk } from './use-desk.ts';

const typingPauseMs = 120;

export interface ProductPick {
  readonly query: string;
  readonly setQuery: (query: string) => void;
  /** null while there is no query. */
  readonly results: Found | null;
  readonly shelf: Found;
  readonly chips: readonly CategoryChip[];
  readonly category: string | null;
  readonly setCategory: (path: string | null) => void;
  /** The product that Enter adds if no result is selected: the one with the typed code, otherwise the first result. */
  readonly decide: () => Promise<Product | null>;
  /** Adds the product with this code, and clears the search field. */
  readonly scan: (code: string) => void;
}

const nothing: Found = { products: [], fromMemory: false };

/** Text that looks like a code. A code belongs to one product or to none, so similar results are other products. */
const codeLike = /^\S*\d\S*$/;

export function useProducts({ catalogue, register, entry }: Desk): ProductPick {
  const { storeId } = register.state;
  const isConnected = register.status === 'connected';
  const [query, setQuery] = useState('');
  const [results, setResults] = useState<Found | null>(null);
  const [shelf, setShelf] = useState<Found>(nothing);
  const [chips, setChips] = useState<readonly CategoryChip[]>([]);
  const [category, setCategory] = useState<string | null>(null);
  const answered = useRef('');

  useEffect(() => setCategory(null), [storeId]);
  useEffect(() => {
    return whileWanted(async (signal) => {
      const found = await catalogue.bestSellers(category, signal);
      setShelf(found);
      if (category === null) setChips(categoryChips(found.products));
    });
  }, [storeId, category, isConnected]);

  useEffect(() => {
    const wanted = query.trim();
    if (wanted === '') {
      setResults(null);
      return;
    }
    return whileWanted(async (signal) => {
      await pause(typingPauseMs, signal);
      const found = await catalogue.search(wanted, signal);
      answered.current = wanted;
      setResults(found);
    });
  }, [query, storeId]);

  const decide = async () => {
    const wanted = query.trim();
    const exact = await catalogue.byCode(wanted, isConnected);
    if (exact || codeLike.test(wanted)) return exact;
    const found = answered.current === wanted && results ? results : await catalogue.search(wanted);
    return found.products[0] ?? null;
  };
  const scan = (code: string) => {
    setQuery('');
    entry.scan(code);
  };
  return { query, setQuery, results, shelf, chips, category, setCategory, decide, scan };
}

/** Starts the work. The returned function aborts it, after which its result is ignored. */
function whileWanted(work: (signal: AbortSignal) => Promise<void>): () => void {
  const controller = new AbortController();
  work(controller.signal).catch((error: unknown) => {
    if (!controller.signal.aborted) throw error;
  });
  return () => controller.abort();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
