import { type Calibration, calibrated } from './ranker.ts';

/** How often an offer is accepted, by the probability that its product would be the next one of the basket. */
export interface Acceptance {
  /** Holds for every channel that has none of its own. */
  readonly overall: Calibration;
  readonly channels: ReadonlyMap<string, Calibration>;
}

/** P(accepted | offered) of products by their P(next), in place; the order stays. */
export function stateAcceptance(
  { overall, channels }: Acceptance,
  channel: string,
  probability: Float32Array,
): void {
  const calibration = channels.get(channel) ?? overall;
  for (let at = 0; at < probability.length; at++) {
    probability[at] = calibrated(calibration, probability[at]!);
  }
}
