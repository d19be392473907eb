import type { EChartsOption } from 'echarts';
import { COLOURS } from '../picture/style.js';

/** A named set of points, x then y. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** How an axis is drawn. */
interface Axis {
  readonly name: string;
  /** Default linear. */
  readonly log?: boolean;
  /** Values are fractions, shown as percent; default false. */
  readonly percent?: boolean;
  /** Need not begin at 0; default false. */
  readonly zoom?: boolean;
  readonly min?: number;
  readonly max?: number;
}

/** What {@link lineChart} draws. */
export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** `step`: a value holds until the next point; `area`: the space below is filled. */
  readonly shape?: 'line' | 'step' | 'area';
}

const PALETTE = [COLOURS.query, COLOURS.unknown, COLOURS.known, COLOURS.muted];
const FONT_SIZE = 14;

/** A chart of lines as ECharts takes it. On a log axis points at or below 0 are left out. */
export function lineChart({
  title,
  subtitle,
  x,
  y,
  series,
  shape = 'line',
}: LineChart): EChartsOption {
  const drawn = ([px, py]: readonly [number, number]) => !(x.log && px <= 0) && !(y.log && py <= 0);
  return {
    animation: false,
    backgroundColor: COLOURS.card,
    color: PALETTE,
    title: {
      text: title,
      subtext: subtitle,
      left: 24,
      top: 14,
      itemGap: 8,
      textStyle: { color: COLOURS.ink, fontSize: 20, fontWeight: 600 },
      subtextStyle: { color: COLOURS.muted, fontSize: FONT_SIZE },
    },
    legend: {
      show: series.length > 1,
      top: 20,
      right: 24,
      icon: 'roundRect',
      // The viewer of an SVG may have wider letters than those that were measured.
      itemGap: 36,
      textStyle: { color: COLOURS.ink, fontSize: FONT_SIZE },
    },
    grid: { left: 90, right: 40, top: 96, bottom: 72 },
    xAxis: axisOf(x, 40),
    yAxis: axisOf(y, 62),
    series: series.map(({ name, points }) => ({
      name,
      type: 'line',
      data: points.filter(drawn).map(([px, py]) => [px, py]),
      showSymbol: points.length < 20,
      symbolSize: 7,
      lineStyle: { width: 2.5 },
      ...(shape === 'line' ? {} : { step: 'end' as const }),
      ...(shape === 'area' ? { areaStyle: { opacity: 0.25 } } : {}),
    })),
  };
}

function axisOf({ name, log = false, percent = false, zoom = false, min, max }: Axis, gap: number) {
  return {
    type: log ? ('log' as const) : ('value' as const),
    name,
    scale: zoom,
    nameLocation: 'middle' as const,
    nameGap: gap,
    nameTextStyle: { color: COLOURS.ink, fontSize: FONT_SIZE },
    axisLabel: {
      color: COLOURS.muted,
      fontSize: FONT_SIZE - 1,
      hideOverlap: true,
      ...(percent ? { formatter: percentLabel } : {}),
    },
    axisLine: { show: true, lineStyle: { color: COLOURS.muted }, onZero: false },
    splitLine: { show: true, lineStyle: { color: COLOURS.edge } },
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

/** 0.00001 is 0.001 %: as many digits as it takes, without rounding noise. */
function percentLabel(value: number): string {
  return `${Number((value * 100).toPrecision(6))} %`;
}
