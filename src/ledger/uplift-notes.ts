import type { SampleRatio } from './sample-ratio.ts';

/** Below these no interval is stated: means of so few heavy-tailed baskets are not normal. */
export const ARM_UNITS_MIN = 100;
export const CLUSTERS_MIN = 100;
/** Least number of paid baskets that the draw should have put in each arm: with fewer, one arm may have none, and no error. */
export const PAID_BASKETS_MIN = 20;

export const UPLIFT_NOTES = [
  ...(['uneven-arms', 'uneven-baskets', 'few-baskets', 'few-drawn', 'few-customers', 'few-paid'] as const),
  ...(['several-currencies', 'nothing-paid', 'no-cost', 'part-cost', 'both-sides'] as const),
] as const;
export type UpliftNoteCode = (typeof UPLIFT_NOTES)[number];
export type UpliftNote = readonly [code: UpliftNoteCode, text: string];

/** The facts that notes are made from. */
export interface NotedFacts {
  /** What the arms were drawn for: baskets, or customers. */
  readonly drawn: { readonly treatment: number; readonly holdout: number };
  /** Whether some were drawn for customers. */
  readonly isDrawnForCustomers: boolean;
  /** Baskets of which some decisions, or the customer's first, are of the other arm. */
  readonly crossedBaskets: number;
  /** Paid baskets that the draw should have put in the arm where this number is smaller. */
  readonly paid: number;
  readonly clusterCount: number;
  readonly sampleRatio: SampleRatio;
  readonly balance: SampleRatio;
  readonly currencies: readonly string[];
  readonly costKnownShare: number;
}

/** Why figures are not stated, or what to know about them. */
export function notesOn(facts: NotedFacts): UpliftNote[] {
  return [...notesOnDraw(facts), ...notesOnSize(facts), ...notesOnMoney(facts), ...notesOnSides(facts)];
}

function notesOnDraw({ sampleRatio, balance }: NotedFacts): UpliftNote[] {
  const notes: UpliftNote[] = [];
  if (!sampleRatio.ok) {
    const text =
      `The arms are not as large as the draw makes them (p = ${sampleRatio.p.toPrecision(2)}): something loses or adds baskets of one arm, ` +
      'and these figures cannot be trusted until it is found.';
    notes.push(['uneven-arms', text]);
  }
  if (!balance.ok) {
    const text =
      `The arms differ in what was in their baskets before the first offer (p = ${balance.p.toPrecision(2)}), which offers cannot do: ` +
      'something loses or adds other baskets in one arm, and these figures cannot be trusted until it is found.';
    notes.push(['uneven-baskets', text]);
  }
  return notes;
}

function notesOnSides({ crossedBaskets }: NotedFacts): UpliftNote[] {
  if (crossedBaskets === 0) return [];
  const text =
    `${crossedBaskets} baskets, or the first of their customers, were partly on the other side than they count for: the customer became known in the ` +
    'middle, or shares differ by store or channel, or were changed. The true difference is larger, up or down, than this says.';
  return [['both-sides', text]];
}

function notesOnSize(facts: NotedFacts): UpliftNote[] {
  const { drawn, isDrawnForCustomers, clusterCount, paid, currencies } = facts;
  if (Math.min(drawn.treatment, drawn.holdout) < ARM_UNITS_MIN) {
    const drawnFor = isDrawnForCustomers ? 'customers, and baskets of nobody known,' : 'baskets';
    const text =
      `Too few ${drawnFor} for an interval: wanted at least ${ARM_UNITS_MIN} in each arm, got ${drawn.treatment} with offers and ` +
      `${drawn.holdout} held out. Take a longer time or a larger BASKETLIFT_HOLDOUT_SHARE.`;
    return [[isDrawnForCustomers ? 'few-drawn' : 'few-baskets', text]];
  }
  if (clusterCount < CLUSTERS_MIN) {
    const text = `Too few customers for an interval: wanted at least ${CLUSTERS_MIN}, got ${clusterCount}.`;
    return [['few-customers', text]];
  }
  if (currencies.length === 0 || paid >= PAID_BASKETS_MIN) return [];
  const text =
    `Too few paid baskets for an interval: wanted as many as put ${PAID_BASKETS_MIN} into each arm by the draw, got ` +
    `${paid.toFixed(1)} for the smaller one.`;
  return [['few-paid', text]];
}

function notesOnMoney({ currencies, costKnownShare }: NotedFacts): UpliftNote[] {
  if (currencies.length === 0) {
    return [['nothing-paid', 'No basket of the experiment was paid: there is no money to compare.']];
  }
  const notes: UpliftNote[] = [];
  if (currencies.length > 1) {
    const text = `Money in ${currencies.join(', ')} is not added up: choose a store, a channel or an agent with one currency.`;
    notes.push(['several-currencies', text]);
  }
  if (costKnownShare === 0) {
    const text = 'No receipt states a cost, so there is no margin: send unitCost with the lines of a sale.';
    notes.push(['no-cost', text]);
  } else if (costKnownShare < 0.995) {
    const percent = Math.round(costKnownShare * 100);
    notes.push(['part-cost', `The margin is that of the ${percent} % of the revenue whose cost is known.`]);
  }
  return notes;
}
