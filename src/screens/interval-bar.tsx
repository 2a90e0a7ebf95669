import type { Interval } from './manager-answers.ts';

const BAR_WIDTH = 200;

interface IntervalBarProps {
  readonly interval: Interval;
  /** All that bars below one another have to show; the interval itself by default. */
  readonly span?: readonly [low: number, high: number];
}

/** The interval over a line, with zero marked: where it lies to the right of zero, the offers earned. */
export function IntervalBar({ interval: { estimate, low, high }, span = [low, high] }: IntervalBarProps) {
  const from = Math.min(0, span[0]);
  const to = Math.max(0, span[1]);
  const x = (value: number) => 8 + ((value - from) / (to - from || 1)) * (BAR_WIDTH - 16);
  return (
    <svg class="interval-bar" viewBox={`0 0 ${BAR_WIDTH} 24`} aria-hidden="true">
      <line class="interval-axis" x1={0} x2={BAR_WIDTH} y1={12} y2={12} />
      <line class="interval-zero" x1={x(0)} x2={x(0)} y1={2} y2={22} />
      <line class="interval-range" x1={x(low)} x2={x(high)} y1={12} y2={12} />
      <circle class="interval-estimate" cx={x(estimate)} cy={12} r={5} />
    </svg>
  );
}
