import { useLayoutEffect, useState } from 'preact/hooks';
import { OfferGuard } from './offer-guard.ts';
import type { TillState } from './till-state.ts';

/** The guard of the offers on the screen. */
export function useOfferGuard({ slots }: Pick<TillState, 'slots'>): OfferGuard {
  const [guard] = useState(() => new OfferGuard());
  const offered = slots.flatMap((slot) => (slot ? [slot.productId] : []));
  // Before the browser draws them, so that the guard ends before the animation of the card does.
  useLayoutEffect(() => guard.show(offered, performance.now()), [offered.join('\n')]);
  return guard;
}
