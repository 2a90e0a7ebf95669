import type { CalibrationBin } from './analyst-answers.ts';
import type { Language } from './live-protocol.ts';
import { formatNumber } from './number-format.ts';

interface CalibrationChartProps {
  readonly label: string;
  readonly bins: readonly CalibrationBin[];
  readonly stated: string;
  readonly observed: string;
  readonly language: Language;
}

const SIZE = 300;
const EDGE = 40;

/** Stated against observed probability, both on a square-root scale: most probabilities are small. A dot's area is its share of the suggestions. */
export function CalibrationChart({ label, bins, stated, observed, language }: CalibrationChartProps) {
  const most = Math.max(...bins.map((bin) => Math.max(bin.stated, bin.observed)), 0.01);
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const place = (probability: number) => Math.sqrt(probability / most) * (SIZE - EDGE - 10);
  const x = (probability: number) => EDGE + place(probability);
  const y = (probability: number) => SIZE - EDGE - place(probability);
  const ticks = [0.01, 0.05, 0.1, 0.2, 0.4, 0.8].filter((tick) => tick <= most);
  return (
    <svg class="calibration" viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={label}>
      {ticks.map((tick) => (
        <g key={tick}>
          <path class="trend-grid" d={`M${EDGE} ${y(tick)}H${SIZE - 10}M${x(tick)} 10V${SIZE - EDGE}`} />
          <text class="trend-text" x={x(tick)} y={SIZE - EDGE + 16} text-anchor="middle">
            {formatNumber(tick, language, 2)}
          </text>
          <text class="trend-text" x={EDGE - 6} y={y(tick) + 4} text-anchor="end">
            {formatNumber(tick, language, 2)}
          </text>
        </g>
      ))}
      <path class="calibration-right" d={`M${x(0)} ${y(0)}L${x(most)} ${y(most)}`} />
      {bins.map((bin) => (
        <circle
          key={bin.stated}
          class="calibration-bin"
          cx={x(bin.stated)}
          cy={y(bin.observed)}
          r={3 + 12 * Math.sqrt(bin.count / total)}
        />
      ))}
      <text class="trend-text" x={SIZE / 2 + EDGE / 2} y={SIZE - 6} text-anchor="middle">
        {stated}
      </text>
      <text
        class="trend-text"
        x={12}
        y={SIZE / 2}
        text-anchor="middle"
        transform={`rotate(-90 12 ${SIZE / 2})`}
      >
        {observed}
      </text>
    </svg>
  );
}
