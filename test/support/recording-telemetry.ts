import type { Log, Telemetry } from '../../src/gateway/telemetry-port.ts';

/** Telemetry that remembers what it was told: `counts` by name and labels, requests one by one. */
export class RecordingTelemetry implements Telemetry {
  readonly contentType = 'text/plain';
  readonly requests: { route: string; status: number }[] = [];
  readonly counts = new Map<string, number>();

  count(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  request(route: string, status: number): void {
    this.requests.push({ route, status });
  }
  stage(stage: string): void {
    this.#add(`stage ${stage}`);
  }
  suggested(channel: string, count: number): void {
    this.#add(`suggested ${channel}`, count);
  }
  degraded(reason: string): void {
    this.#add(`degraded ${reason}`);
  }
  cache(source: string): void {
    this.#add(`cache ${source}`);
  }
  events(status: string, count: number): void {
    this.#add(`events ${status}`, count);
  }
  stock(verdict: string, count: number): void {
    this.#add(`stock ${verdict}`, count);
  }
  sockets(open: number): void {
    this.counts.set('sockets', open);
  }
  socketMessage(type: string): void {
    this.#add(`message ${type}`);
  }
  suggestionsSkipped(reason: string): void {
    this.#add(`skipped ${reason}`);
  }
  decisionLost(): void {
    this.#add('decision lost');
  }
  shed(what: string): void {
    this.#add(`shed ${what}`);
  }
  exposition(): Promise<string> {
    return Promise.resolve([...this.counts].map((pair) => pair.join(' ')).join('\n'));
  }

  #add(name: string, count = 1): void {
    this.counts.set(name, this.count(name) + count);
  }
}

export interface LogLine {
  readonly level: keyof Log;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A log that keeps its lines. */
export function recordingLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep = (level: keyof Log) => (facts: object, message: string) => {
    lines.push({ level, facts: { ...facts }, message });
  };
  return {
    log: { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') },
    lines,
  };
}
