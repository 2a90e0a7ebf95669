import { type Calibration, calibrated } from './ranker.ts';

/** How often an offer is accepted, by the probability that its product would be the next one of the basket. */
export interface Acceptance {
  /** Holds for every channel that has none of its own. */
  readonly overall: Calibration;
  readonly channels: ReadonlyMap<string, Calibration>;
}

/** P(accepted | offered) of a product from its P(next), in 32 bits as both are kept. Keeps the order of products. */
export function acceptedProbability(
  { overall, channels }: Acceptance,
  channel: string,
  probability: number,
): number {
  return Math.fround(calibrated(channels.get(channel) ?? overall, probability));
}

/** The same for many products, in place. */
export function stateAcceptance(acceptance: Acceptance, channel: string, probability: Float32Array): void {
  for (let at = 0; at < probability.length; at++) {
    probability[at] = acceptedProbability(acceptance, channel, probability[at]!);
  }
}
