import { sqlText } from '../../adapters/duckdb-scratch.ts';

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
/** What a mark of a voided row says when it is set: yes in some way, that it was cancelled, or when. */
const SET = `1([.,]0+)?|x|y|yes|t|true|j|ja|oui|wahr|vrai|waar|${STATUS_REASONS[0].words}|\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}.*`;

/** Over raw, why a row states that it is no sale; NULL where it does not. */
export function statusReasonSql(): string {
  const says = STATUS_REASONS.map(
    ({ reason, words }) => `WHEN regexp_full_match(lower(coalesce(row_status, '')), ${sqlText(words)})
      OR regexp_full_match(lower(coalesce(order_status, '')), ${sqlText(words)}) THEN ${sqlText(reason)}`,
  );
  return `CASE WHEN regexp_full_match(lower(coalesce(voided, '')), ${sqlText(SET)}) THEN 'voided' ${says.join(' ')} END`;
}
