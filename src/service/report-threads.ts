import type { Reporter, ReportName } from '../gateway/reporter.ts';
import { ReportThread, type ReportThreadOptions } from './report-thread.ts';

/** Reports for which somebody waits with a customer on the phone. */
const LOOK_UPS: ReadonlySet<ReportName> = new Set(['lookUp', 'averageSpend']);

/** Look-ups have a thread of their own: a report holds its thread for seconds at a time. */
export class ReportThreads implements Reporter {
  readonly #reports: ReportThread;
  readonly #lookUps: ReportThread;

  constructor(options: ReportThreadOptions) {
    this.#reports = new ReportThread(options);
    this.#lookUps = new ReportThread(options);
  }

  make: Reporter['make'] = (name, question, source) => {
    const thread = LOOK_UPS.has(name) ? this.#lookUps : this.#reports;
    return thread.make(name, question, source);
  };

  /** Never rejects. */
  async close(): Promise<void> {
    await Promise.all([this.#reports.close(), this.#lookUps.close()]);
  }
}
