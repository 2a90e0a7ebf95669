import type { Interval } from './manager-answers.ts';

const BAR_WIDTH = 200;

interface IntervalBarProps {
  readonly interval: Interval;
  /** The range to show, shared by bars that are stacked below one another; by default the interval itself. */
  readonly span?: readonly [low: number, high: number];
}

/** Draws an interval on a line with zero marked. An interval entirely to the right of zero means that the offers earned money. */
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
