import { candidateColumns, type DecisionColumns, slateValues } from '../../src/adapters/decision-columns.ts';
import type { DecisionRecord } from '../../src/ledger/decision.ts';

/** A decision as it was written until format 2 of the data folder. */
export function decisionOfFormat2({ candidates, slate, ...rest }: DecisionRecord): DecisionColumns {
  return {
    ...rest,
    ...(slate && { slate: slateValues(slate) }),
    candidates: candidateColumns(candidates),
  };
}
