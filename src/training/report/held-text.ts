import type { ManifestFacts } from '../../adapters/model-manifest.ts';
import type { RankerChoice } from '../train-ranker.ts';
import { countText } from './number-text.ts';

/** What is to be said of a version whose ranker is held to popularity; undefined for any other. */
export function heldText({ parameters }: Pick<ManifestFacts, 'parameters'>): string | undefined {
  const { signals, questions = 0 } = (parameters.ranker ?? {}) as Partial<RankerChoice>;
  if (signals !== 'held') return undefined;
  return `Its receipts hold too few baskets of two products and more to weigh signals freely (${countText(questions)} questions): it ranks by sales, and departs from them only as far as those questions bear out.`;
}
