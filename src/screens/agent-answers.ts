/** The JSON of the customer and agent routes, to the extent that the agent page uses it. */

export const SEGMENTS = ['champion', 'loyal', 'new', 'due', 'at-risk', 'lapsed'] as const;
export type Segment = (typeof SEGMENTS)[number];

/** The thresholds of the segments, under their names in the API. */
export type SegmentRules = Readonly<
  Record<
    | ('atRiskGaps' | 'lapsedGaps' | 'gapDaysOfOneVisit' | 'windowDays')
    | ('loyalVisits' | 'championVisits' | 'championSpend'),
    number
  >
>;

export interface LookUpAnswer {
  readonly customers: readonly (KnownCustomer | { readonly known: false })[];
}

export interface KnownCustomer {
  readonly known: true;
  readonly lastVisit: string;
  readonly daysSinceLast: number;
  readonly usualGapDays: number | null;
  readonly dueOn: string;
  readonly segment: Segment;
  readonly buysAgain: readonly {
    readonly productId: string;
    readonly name: string | null;
    readonly visits: number;
    readonly goesWith: readonly { readonly productId: string; readonly name: string }[];
  }[];
}

export interface BestsAnswer {
  readonly day: {
    readonly now: {
      readonly transactions: number;
      readonly upsell: readonly { readonly currency: string; readonly revenue: number }[];
    };
    readonly best: {
      readonly transactions: { readonly period: string; readonly value: number } | null;
      readonly upsell: readonly {
        readonly currency: string;
        readonly period: string;
        readonly revenue: number;
      }[];
    };
  };
}
