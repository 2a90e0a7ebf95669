import { type PayView, payTable, presentPay } from './present-pay.ts';
import { csvText, type ReportFormat } from './report-table.ts';
import { type PaySource, readOpenPay, runCommissions } from './run-commission.ts';

export interface PayAnswerQuestion {
  readonly period: string;
  readonly view: PayView;
  /** In CSV they always are. */
  readonly withEntries: boolean;
  readonly format: ReportFormat;
}

/**
 * The pay of a period as it is sent, closed or not, in UTF-8: of a month of tens of thousands of entries whoever answers tills has
 * no time to make the text.
 *
 * @throws as runCommissions
 */
export async function answerPay(
  source: PaySource,
  { period, view, withEntries, format }: PayAnswerQuestion,
): Promise<Uint8Array<ArrayBuffer>> {
  const { agentId } = view;
  const question = { period, ...(agentId !== undefined && { agentId }) };
  const openPayOf = () => readOpenPay(source, question);
  const pay = await runCommissions({ ...source, openPayOf }, question);
  const answer = presentPay(pay, view, withEntries || format === 'csv');
  return new TextEncoder().encode(format === 'csv' ? csvText(payTable(answer)) : JSON.stringify(answer));
}
