import { useEffect, useRef, useState } from 'preact/hooks';
import { type CategoryChip, categoryChips } from './category-chips.ts';
import type { Product } from './live-protocol.ts';
import type { Found, ProductCatalogue } from './product-catalogue.ts';

const typingPauseMs = 120;

export interface ProductPick {
  readonly query: string;
  readonly setQuery: (query: string) => void;
  /** null while nothing is searched. */
  readonly results: Found | null;
  readonly shelf: Found;
  readonly chips: readonly CategoryChip[];
  readonly category: string | null;
  readonly setCategory: (path: string | null) => void;
  /** The product Enter adds: the chosen result, else the one with exactly the typed code, else the first. */
  readonly decide: (chosen: Product | null) => Promise<Product | null>;
}

const nothing: Found = { products: [], fromMemory: false };

export function useProducts(
  catalogue: ProductCatalogue,
  storeId: string | null,
  isConnected: boolean,
): ProductPick {
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

  const decide = async (chosen: Product | null) => {
    const wanted = query.trim();
    if (chosen) return chosen;
    if (wanted === '') return null;
    const exact = await catalogue.byCode(wanted, isConnected);
    if (exact || /^\d+$/.test(wanted)) return exact;
    const found = answered.current === wanted && results ? results : await catalogue.search(wanted);
    return found.products[0] ?? null;
  };
  return { query, setQuery, results, shelf, chips, category, setCategory, decide };
}

/** Starts the work; the returned function aborts it, and its late answer is not looked at. */
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
