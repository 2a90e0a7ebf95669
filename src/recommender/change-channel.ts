/**
 * Carries changes of the state that every process keeps for itself (live stock, rules, refusals) to the other processes
 * that answer for the same installation.
 */
export interface ChangeChannel<Change> {
  /** Tells all others, in the order of the calls. MUST NOT wait, throw, or reach the publisher itself. */
  publish(change: Change): void;
  /** Hears what others published from now on; the channel does not catch what the listener throws. */
  subscribe(listener: (change: Change) => void): void;
}
