import type { Grain } from './manager-answers.ts';
import type { ManagerTranslation } from './manager-english.ts';
import { SegmentChoice } from './segment-choice.tsx';

/** Number of days that a report covers, by the length of its periods. */
export const DAYS_SHOWN: Readonly<Record<Grain, number>> = { day: 28, week: 84, month: 365 };

const GRAINS: readonly Grain[] = ['day', 'week', 'month'];

interface PeriodChoiceProps {
  readonly t: ManagerTranslation;
  readonly grain: Grain;
  readonly onChoose: (grain: Grain) => void;
  /** Prefix of each button's `data-test`. */
  readonly test: string;
}

/** Buttons that choose the length of a report's periods. */
export function PeriodChoice({ t, grain, onChoose, test }: PeriodChoiceProps) {
  return (
    <SegmentChoice
      legend={t.grain}
      choices={GRAINS}
      chosen={grain}
      labelOf={(choice) => t[choice]}
      onChoose={onChoose}
      test={test}
    />
  );
}
