/** Kinds of customers by how recently, how often and for how much they buy (RFM). */
export const SEGMENTS = ['champion', 'loyal', 'new', 'due', 'at-risk', 'lapsed'] as const;
export type Segment = (typeof SEGMENTS)[number];

export type SegmentRule =
  | ('gapDaysMin' | 'gapDaysOfOneVisit' | 'dueGaps' | 'atRiskGaps' | 'lapsedGaps')
  | ('windowDays' | 'loyalVisits' | 'championVisits' | 'championSpend');

/** The same thresholds for everybody; there is no model, and nothing else counts. */
export const SEGMENT_RULES: Readonly<Record<SegmentRule, number>> = {
  /** A shorter usual gap counts as this many days: a daily customer is not lost after a week away. */
  gapDaysMin: 7,
  /** Counts as the usual gap of a customer with one visit. */
  gapDaysOfOneVisit: 60,
  /** Usual gaps since the last visit: `due` from this many on, the other two above this many. */
  dueGaps: 1,
  atRiskGaps: 2,
  lapsedGaps: 4,
  /** Visits in the last `windowDays` days of a customer who is not due. */
  windowDays: 365,
  loyalVisits: 4,
  championVisits: 8,
  /** A champion's net spend over that of the average known customer, in one currency. */
  championSpend: 2,
};

/** When a customer comes; days since 1970-01-01. */
export interface Rhythm {
  readonly lastDay: number;
  /** Median of the days between visits; null with one visit. */
  readonly usualGapDays: number | null;
}

/** The gap that the rules use. */
export function gapDaysOf({ usualGapDays }: Pick<Rhythm, 'usualGapDays'>): number {
  if (usualGapDays === null) return SEGMENT_RULES.gapDaysOfOneVisit;
  return Math.max(SEGMENT_RULES.gapDaysMin, usualGapDays);
}

/** Usual gaps between the last visit and a day; 0 for a day before it. */
export function gapsSince(rhythm: Rhythm, day: number): number {
  return Math.max(0, day - rhythm.lastDay) / gapDaysOf(rhythm);
}

/** Whether a visit on that day is by a customer who was at risk or lapsed. */
export function isGainedBack(before: Rhythm, day: number): boolean {
  return gapsSince(before, day) > SEGMENT_RULES.atRiskGaps;
}

/**
 * The first rule that fits, in the order lapsed, at-risk, due, champion, loyal; everybody else is new.
 *
 * @param recentVisits in the last `windowDays` days
 * @param spendOverAverage net spend / that of the average known customer, in the currency where this is largest
 */
export function segmentOf(
  rhythm: Rhythm,
  day: number,
  recentVisits: number,
  spendOverAverage: number,
): Segment {
  const rules = SEGMENT_RULES;
  const gaps = gapsSince(rhythm, day);
  if (gaps > rules.lapsedGaps) return 'lapsed';
  if (gaps > rules.atRiskGaps) return 'at-risk';
  if (gaps >= rules.dueGaps) return 'due';
  if (recentVisits >= rules.championVisits && spendOverAverage >= rules.championSpend) return 'champion';
  return recentVisits >= rules.loyalVisits ? 'loyal' : 'new';
}
