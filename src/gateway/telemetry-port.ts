/** What the gateway counts; labels are few and never ids. */
export interface Telemetry {
  request(route: string, status: number, seconds: number): void;
  stage(stage: 'gather' | 'decide' | 'present', seconds: number): void;
  suggested(channel: string, count: number): void;
  degraded(reason: string): void;
  cache(source: 'hit' | 'miss'): void;
  events(status: 'stored' | 'duplicate' | 'rejected', count: number): void;
  stock(verdict: 'applied' | 'stale' | 'repeated' | 'rejected', count: number): void;
  sockets(open: number): void;
  socketMessage(type: string): void;
  suggestionsSkipped(reason: 'superseded' | 'slow-reader'): void;
  decisionLost(): void;
  shed(what: 'request' | 'live-answer' | 'connection'): void;
  /** Prometheus text exposition. */
  exposition(): Promise<string>;
  readonly contentType: string;
}

/** Structured log lines. */
export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
