import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { trendLevels } from './trend-levels.ts';

/** One figure over time. A period without the figure is a gap. */
export interface TrendPoint {
  readonly period: string;
  readonly value: number | null;
  /** Unusual points are marked. */
  readonly isUnusual?: boolean;
}

interface TrendChartProps {
  readonly label: string;
  readonly points: readonly TrendPoint[];
  /** Minimum step between grid lines, so that their labels differ. */
  readonly leastStep: number;
  readonly format: (value: number) => string;
}

/** Width used before the chart has been measured. */
const WIDTH_DEFAULT = 720;
const HEIGHT = 240;
const LEFT = 84;
const TOP = 16;
const BOTTOM = 32;
/** Width reserved for the name of a period below the axis. */
const LABEL_WIDTH = 90;
const RIGHT = LABEL_WIDTH / 2;

export function TrendChart({ label, points, leastStep, format }: TrendChartProps) {
  const place = useRef<SVGSVGElement>(null);
  const width = useWidth(place);
  const levels = trendLevels(
    points.flatMap(({ value }) => value ?? []),
    leastStep,
  );
  const low = levels[0]!;
  const high = levels.at(-1)!;
  const x = (at: number) =>
    points.length === 1
      ? (LEFT + width - RIGHT) / 2
      : LEFT + (at * (width - LEFT - RIGHT)) / (points.length - 1);
  const y = (value: number) => TOP + ((high - value) * (HEIGHT - TOP - BOTTOM)) / (high - low);
  const everyth = Math.ceil((points.length * LABEL_WIDTH) / (width - LEFT - RIGHT));
  return (
    <svg
      class="trend"
      ref={place}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={label}
      data-test="trend"
    >
      {levels.map((level) => (
        <g key={level}>
          <line class="trend-grid" x1={LEFT} x2={width - RIGHT} y1={y(level)} y2={y(level)} />
          <text class="trend-text" x={LEFT - 10} y={y(level)} text-anchor="end" dominant-baseline="middle">
            {format(level)}
          </text>
        </g>
      ))}
      {points.map(({ period }, at) =>
        at % everyth === 0 ? (
          <text key={period} class="trend-text" x={x(at)} y={HEIGHT - 8} text-anchor="middle">
            {period}
          </text>
        ) : null,
      )}
      {runs(points).map((run) => (
        <polyline
          key={run[0]}
          class="trend-line"
          points={run.map((at) => `${x(at)},${y(points[at]!.value!)}`).join(' ')}
        />
      ))}
      {points.map(({ period, value, isUnusual }, at) =>
        value === null ? null : (
          <circle
            key={period}
            class={isUnusual ? 'trend-point trend-unusual' : 'trend-point'}
            cx={x(at)}
            cy={y(value)}
            r={isUnusual ? 7 : 4}
          >
            <title>{`${period}: ${format(value)}`}</title>
          </circle>
        ),
      )}
    </svg>
  );
}

/** The width of the chart on the screen, so that its text is as large as the page's. */
function useWidth(place: RefObject<SVGSVGElement>): number {
  const [width, setWidth] = useState(WIDTH_DEFAULT);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(280, entry!.contentRect.width)));
    watch.observe(place.current!);
    return () => watch.disconnect();
  }, [place]);
  return width;
}

/** Runs of consecutive points that have a value, as indices. */
function runs(points: readonly TrendPoint[]): number[][] {
  const found: number[][] = [];
  for (const [at, { value }] of points.entries()) {
    if (value === null) continue;
    const last = found.at(-1);
    if (last?.at(-1) === at - 1) last.push(at);
    else found.push([at]);
  }
  return found;
}
