import type { AverageSpend } from '../ledger/average-spend.ts';
import type { Contest } from '../ledger/contest.ts';
import type { ContestResult } from '../ledger/contest-result.ts';
import type { ContestStore } from '../ledger/contest-store.ts';
import type { CustomerProfile } from '../ledger/customer-profile.ts';
import type { GoodsSold } from '../ledger/goods-sold.ts';
import type { OutcomeStore } from '../ledger/outcome-store.ts';
import { type SealedPay, sealPay } from './close-commission.ts';
import {
  type AnswerText,
  answerPay,
  answerStandings,
  type PayAnswerQuestion,
  type StandingsAnswerQuestion,
} from './large-answers.ts';
import type { WhatIfQuestion } from './plan-schema.ts';
import type { CustomersQuery, OffPolicyQuery, SalesQuery, UpliftQuery } from './report-query.ts';
import { fromOutcomes, type LedgerSource, type ReportSource } from './report-source.ts';
import { type AllBests, type BestsQuestion, runBests } from './run-bests.ts';
import {
  type PayQuestion,
  type PaySource,
  type PeriodPay,
  readWhatIf,
  runCommissions,
  type WhatIf,
} from './run-commission.ts';
import { runStandings, type SealedStandings, type StandingsQuestion, sealStandings } from './run-contest.ts';
import { type CustomersAnswer, runCustomersReport } from './run-customers.ts';
import { type GoodsSoldQuestion, runGoodsSold } from './run-goods-sold.ts';
import { type LookUpQuestion, runAverageSpend, runLookUp } from './run-look-up.ts';
import { type OffPolicyAnswer, runOffPolicy } from './run-off-policy.ts';
import { runSalesReport, runUpliftReport, type SalesAnswer, type UpliftAnswer } from './run-report.ts';
import { runUnmatched, type UnmatchedAnswer, type UnmatchedQuery } from './run-unmatched.ts';

/** What reporters make; questions and answers are plain values, as they may cross to another thread. */
export interface Reports {
  /** No report, only the first step of all others: takes in what is new. */
  readonly ready: Report<undefined, void>;
  readonly sales: Report<SalesQuery, SalesAnswer>;
  readonly uplift: Report<UpliftQuery, UpliftAnswer>;
  readonly pay: Report<PayQuestion, PeriodPay>;
  /** The pay of any period as it is sent. */
  readonly payAnswer: Report<PayAnswerQuestion, AnswerText>;
  /** What closing a period would store. */
  readonly sealedPay: Report<string, SealedPay | undefined>;
  readonly whatIf: Report<WhatIfQuestion, WhatIf>;
  readonly standings: Report<StandingsQuestion, ContestResult>;
  /** What settling a contest would store. */
  readonly sealedStandings: Report<Contest, SealedStandings>;
  /** The standings as they are sent. */
  readonly standingsAnswer: Report<StandingsAnswerQuestion, AnswerText>;
  readonly bests: Report<BestsQuestion, AllBests>;
  readonly customers: Report<CustomersQuery, CustomersAnswer>;
  /** Profiles of single customers. */
  readonly lookUp: Report<LookUpQuestion, (CustomerProfile | undefined)[]>;
  readonly averageSpend: Report<undefined, AverageSpend>;
  readonly goodsSold: Report<GoodsSoldQuestion, GoodsSold[]>;
  readonly offPolicy: Report<OffPolicyQuery, OffPolicyAnswer>;
  /** Events that count nowhere. */
  readonly unmatched: Report<UnmatchedQuery, UnmatchedAnswer>;
}
interface Report<Question, Answer> {
  readonly question: Question;
  readonly answer: Answer;
}
export type ReportName = keyof Reports;
type Question<Name extends ReportName> = Reports[Name]['question'];
type Answer<Name extends ReportName> = Reports[Name]['answer'];

/** Makes reports of all that is on disk, away from the thread that answers tills if there is another one. */
export interface Reporter {
  /**
   * @param source whose `pause` is called now and then while the report is made; when it rejects, so does the report
   * @throws Problem (rejects)
   */
  make<Name extends ReportName>(
    name: Name,
    question: Question<Name>,
    source: ReportSource,
  ): Promise<Answer<Name>>;
}

/** What reports are made from. */
export interface ReportStores extends Pick<LedgerSource, 'events'>, Pick<PaySource, 'commissions'> {
  readonly contests: ContestStore;
  outcomes(): OutcomeStore;
}

const MAKERS: {
  readonly [Name in ReportName]: (
    source: LedgerSource & PaySource & Pick<ReportStores, 'contests'>,
    question: Question<Name>,
  ) => Promise<Answer<Name>>;
} = {
  ready: (source) => fromOutcomes(source, () => {}),
  sales: runSalesReport,
  uplift: runUpliftReport,
  pay: runCommissions,
  payAnswer: answerPay,
  sealedPay: sealPay,
  whatIf: readWhatIf,
  standings: runStandings,
  sealedStandings: sealStandings,
  standingsAnswer: answerStandings,
  bests: runBests,
  customers: runCustomersReport,
  lookUp: runLookUp,
  averageSpend: runAverageSpend,
  goodsSold: runGoodsSold,
  offPolicy: runOffPolicy,
  unmatched: runUnmatched,
};

/** Makes reports in the caller's thread, where nobody else waits for it. */
export function reportHere(stores: ReportStores): Reporter {
  return {
    make(name, question, source) {
      const { events, commissions, contests } = stores;
      return MAKERS[name](
        { ...source, outcomes: stores.outcomes(), events, commissions, contests },
        question,
      );
    },
  };
}
