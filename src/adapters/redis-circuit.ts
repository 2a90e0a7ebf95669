/** What the circuit needs of the connection it guards. */
export interface CircuitLink {
  isReady(): boolean;
  /** Whether there is a peer that could answer, or one not yet let go of. */
  hasPeer(): boolean;
  /** One cheap command; settles when Redis answers or the connection breaks. */
  probe(): Promise<unknown>;
  /** Drops the connection with all that hangs in it and makes a new one. */
  reconnect(): void;
  /** Called when the circuit opens: nobody should go on waiting. */
  onOpen(): void;
}

export interface CircuitTimes {
  /** Milliseconds between two probes while open. */
  readonly probeIntervalMs: number;
  /** Milliseconds in which a probe must be answered. */
  readonly probeTimeoutMs: number;
}

/** A failure weighs 1, an answer takes a quarter back: one hung node of three opens the circuit as a hung single one does. */
const FAILURES_TO_OPEN = 3;
const ANSWER_WEIGHT = 0.25;
/** A connection that says nothing for this many probes is replaced: the other end of a lost network never closes it. */
const SILENT_PROBES_TO_RECONNECT = 4;

/**
 * Decides whether Redis is asked at all. Closed: commands go out. Open, after a few failures: nobody asks and nobody
 * waits, until a probe of its own is answered in time or a new connection is ready.
 */
export class RedisCircuit {
  readonly #link: CircuitLink;
  readonly #times: CircuitTimes;
  #failures = 0;
  #isOpen = false;
  #isStopped = false;
  #silentProbes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(link: CircuitLink, times: CircuitTimes) {
    this.#link = link;
    this.#times = times;
  }

  get isClosed(): boolean {
    return !this.#isOpen;
  }

  answered(): void {
    this.#failures = Math.max(0, this.#failures - ANSWER_WEIGHT);
  }

  failed(): void {
    this.#failures++;
    if (this.#failures >= FAILURES_TO_OPEN) this.open();
  }

  /** Opens at once, for a failure that leaves no doubt. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#silentProbes = 0;
    this.#scheduleProbe();
    this.#link.onOpen();
  }

  /** A new connection has shaken hands: it counts as an answered probe. */
  connected(): void {
    if (this.#isStopped) return;
    this.#isOpen = false;
    this.#failures = 0;
    this.#stopProbing();
  }

  /** Opens for good: no probe follows. */
  stop(): void {
    this.open();
    this.#isStopped = true;
    this.#stopProbing();
  }

  #scheduleProbe(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => this.#probe(), this.#times.probeIntervalMs);
    this.#timer.unref();
  }

  #stopProbing(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #probe(): void {
    // Only a peer can be silent: a connection that has just been made is given its time.
    this.#silentProbes = this.#link.hasPeer() ? this.#silentProbes + 1 : 0;
    if (this.#silentProbes > SILENT_PROBES_TO_RECONNECT) {
      this.#silentProbes = 0;
      this.#link.reconnect();
    }
    this.#scheduleProbe();
    if (!this.#link.isReady()) return;
    const startedMs = performance.now();
    this.#link.probe().then(
      () => {
        this.#silentProbes = 0;
        const tookMs = performance.now() - startedMs;
        if (this.#isOpen && tookMs <= this.#times.probeTimeoutMs) this.connected();
      },
      // The failure that opened the circuit has been reported; the next probe follows.
      () => {},
    );
  }
}
