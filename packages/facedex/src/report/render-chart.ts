import { createCanvas } from '@napi-rs/canvas';
import type { EChartsOption } from 'echarts';
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { Fonts } from '../picture/fonts.js';

const SIZE = { width: 900, height: 600 };
/** Pixels of a PNG for each of its points, so that it is sharp on paper and dense screens. */
const DENSITY = 2;

/** A chart as SVG, with text as text, and as PNG, drawn with the bundled font. */
export function renderChart(chart: EChartsOption): { svg: string; png: Uint8Array } {
  echarts.use([
    LineChart,
    GridComponent,
    LegendComponent,
    TitleComponent,
    CanvasRenderer,
    SVGRenderer,
  ]);
  // To measure text; else widths are guessed, and labels overlap.
  echarts.setPlatformAPI({ createCanvas: () => createCanvas(1, 1) as never });
  const fontFamily = new Fonts().familiesFor('');
  return { svg: renderSvg(chart), png: renderPng({ ...chart, textStyle: { fontFamily } }) };
}

function renderSvg(chart: EChartsOption): string {
  const view = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  try {
    view.setOption({ ...chart, textStyle: { fontFamily: 'Inter, Helvetica, Arial, sans-serif' } });
    return view.renderToSVGString();
  } finally {
    view.dispose();
  }
}

function renderPng(chart: EChartsOption): Uint8Array {
  const canvas = createCanvas(SIZE.width * DENSITY, SIZE.height * DENSITY);
  // ECharts asks for an element of a page, and takes any canvas with the usual context.
  const view = echarts.init(canvas as unknown as Parameters<typeof echarts.init>[0], null, {
    renderer: 'canvas',
    devicePixelRatio: DENSITY,
    ...SIZE,
  });
  try {
    view.setOption(chart);
    return canvas.toBuffer('image/png');
  } finally {
    view.dispose();
  }
}
