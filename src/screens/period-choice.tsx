import type { Grain } from './manager-answers.ts';
import type { ManagerTranslation } from './manager-english.ts';
import { SegmentChoice } from './segment-choice.tsx';

/** Days that are looked at, by the length of a period. */
export const DAYS_SHOWN: Readonly<Record<Grain, number>> = { day: 28, week: 84, month: 365 };

const GRAINS: readonly Grain[] = ['day', 'week', 'month'];

interface PeriodChoiceProps {
  readonly t: ManagerTranslation;
  readonly grain: Grain;
  readonly onChoose: (grain: Grain) => void;
  /** Before the name of each button in tests. */
  readonly test: string;
}

/** How long the periods of a report are. */
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
