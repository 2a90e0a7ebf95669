import type { Language, Reason } from './live-protocol.ts';
import { formatDays, formatPercent } from './number-format.ts';
import type { Translation } from './translations.ts';

/** One reason as text; null for a code that this page does not know. */
export function reasonText(
  reason: Reason,
  t: Translation,
  language: Language,
  nameOf: (productId: string) => string | undefined,
): string | null {
  const percent = reason.share === undefined ? null : formatPercent(reason.share, language);
  switch (reason.code) {
    case 'bought-together': {
      const name = (reason.withProductId && nameOf(reason.withProductId)) || t.thisBasket;
      return percent === null ? t.reasonTogetherUnknown(name) : t.reasonTogether(percent, name);
    }
    case 'similar-baskets':
      return percent === null ? t.reasonNeutral : t.reasonSimilar(percent);
    case 'goes-with':
      return t.reasonGoesWith((reason.withProductId && nameOf(reason.withProductId)) || t.thisBasket);
    case 'bought-before':
      return reason.baskets === undefined ? null : t.reasonBefore(reason.baskets);
    case 'popular':
      return percent === null ? t.reasonPopularUnknown : t.reasonPopular(percent);
    case 'pinned':
      return t.reasonPinned;
    case 'slow-stock':
      return reason.daysOfSupply === undefined
        ? null
        : t.reasonSlow(formatDays(reason.daysOfSupply, language));
    default:
      return null;
  }
}
