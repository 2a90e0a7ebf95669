import { sqlText } from '../../adapters/duckdb-scratch.ts';
import { WORDS_FOR_MISSING } from './number-text.ts';

/** As WooCommerce, Shopify, Square and tills write it; `partially_refunded` is a sale. */
const STATUS_REASONS = [
  {
    reason: 'voided',
    words:
      '(wc-)?(void(ed)?|cancell?ed|cancell?ation|failed|declined|draft|trash|deleted|abandoned|storno|storniert|annul[ée]e?|annulliert|geannuleerd)',
  },
  {
    reason: 'return',
    words: '(wc-)?(refund(ed)?|return(ed)?|charge ?back|retoure?|erstattet|rembours[ée]e?|terugbetaald)',
  },
] as const;
const NOT_VOIDED = ['0', 'no', 'n', 'false', 'f', 'nein', 'nee', 'non', ...WORDS_FOR_MISSING];

/** Over raw, why a row states that it is no sale; NULL where it does not. */
export function statusReasonSql(): string {
  const says = STATUS_REASONS.map(
    ({ reason, words }) => `WHEN regexp_full_match(lower(coalesce(row_status, '')), ${sqlText(words)})
      OR regexp_full_match(lower(coalesce(order_status, '')), ${sqlText(words)}) THEN ${sqlText(reason)}`,
  );
  return `CASE WHEN lower(voided) NOT IN (${NOT_VOIDED.map(sqlText).join(', ')}) THEN 'voided' ${says.join(' ')} END`;
}
