import { presentStandings, standingsTable } from './present-contest.ts';
import { type PayView, payTable, presentPay } from './present-pay.ts';
import { csvText, type ReportFormat, type ReportTable } from './report-table.ts';
import { type PaySource, runCommissions } from './run-commission.ts';
import { type ContestSource, runStandings, type StandingsQuestion } from './run-contest.ts';

/*
 * Answers as they are sent, in UTF-8. A month or a contest may have tens of thousands of entries; the thread that answers tills has no
 * time to read them or to write the text.
 */

/** The text as it crosses to the thread that sends it. */
export type AnswerText = Uint8Array<ArrayBuffer>;

export interface PayAnswerQuestion {
  readonly period: string;
  readonly view: PayView;
  /** CSV always has them. */
  readonly withEntries: boolean;
  readonly format: ReportFormat;
}

/** The pay of a period, closed or not. @throws as runCommissions */
export async function answerPay(
  source: PaySource,
  { period, view, withEntries, format }: PayAnswerQuestion,
): Promise<AnswerText> {
  const { agentId } = view;
  const question = { period, ...(agentId !== undefined && { agentId }) };
  const pay = await runCommissions(source, question);
  return textOf(presentPay(pay, view, withEntries || format === 'csv'), payTable, format);
}

export interface StandingsAnswerQuestion extends StandingsQuestion {
  readonly format: ReportFormat;
}

/** How a contest stands, or was settled. @throws as runStandings */
export async function answerStandings(
  source: ContestSource,
  { format, ...question }: StandingsAnswerQuestion,
): Promise<AnswerText> {
  const result = await runStandings(source, question);
  const { contest, withEvidence } = question;
  return textOf(presentStandings(contest, result, withEvidence), standingsTable, format);
}

function textOf<Answer extends object>(
  answer: Answer,
  table: (answer: Answer) => ReportTable,
  format: ReportFormat,
): AnswerText {
  return new TextEncoder().encode(format === 'csv' ? csvText(table(answer)) : JSON.stringify(answer));
}
