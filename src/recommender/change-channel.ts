/**
 * Carries changes of the state that every process keeps for itself (live stock, rules, refusals) to the other processes
 * that answer for the same installation.
 */
export interface ChangeChannel<Change> {
  /** Tells all others, in the order of the calls. MUST NOT wait, throw, or come back to who published it. */
  publish(change: Change): void;
  /** Hears what others published from now on; what the listener throws is not for the channel to catch. */
  subscribe(listener: (change: Change) => void): void;
}
