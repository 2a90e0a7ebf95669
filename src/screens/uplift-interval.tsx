import { IntervalBar } from './interval-bar.tsx';
import type { Interval } from './manager-answers.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

interface UpliftIntervalProps {
  readonly t: ManagerDesk['t'];
  readonly label: string;
  readonly interval: Interval | null;
  readonly format: (value: number) => string;
}

/** One increase with its interval, or a note that there is too little data for one. */
export function UpliftInterval({ t, label, interval, format }: UpliftIntervalProps) {
  if (!interval) {
    return (
      <li>
        <span>{label}</span>
        <em>{t.tooFew}</em>
      </li>
    );
  }
  const { estimate, low, high } = interval;
  return (
    <li>
      <span>{label}</span>
      <strong data-test="estimate">{format(estimate)}</strong>
      <IntervalBar interval={interval} />
      <em>{t.between(format(low), format(high))}</em>
    </li>
  );
}
