import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FacedexError } from '../facedex-error.js';
import { writeFileAtomically } from '../write-file.js';
import { type LineChart, lineChart } from './charts.js';

/** What an evaluation leaves to be looked at and worked on. */
export interface Report {
  /** All figures; goes to `summary.json`. */
  readonly summary: object;
  /** Rows under a heading; each goes to a file of its name, `.csv`. */
  readonly tables: Readonly<Record<string, readonly (readonly (string | number)[])[]>>;
  /** Each goes to two files of its name, `.svg` and `.png`. */
  readonly charts: Readonly<Record<string, LineChart>>;
}

/**
 * Writes a report into a folder, which is made where it is missing; files of an older one are
 * replaced.
 *
 * @returns the paths of the files
 * @throws {FacedexError} `CANNOT_WRITE`
 */
export async function writeReport(directory: string, report: Report): Promise<string[]> {
  // Drawing takes a second to load, and most commands draw no chart.
  const { renderChart } = await import('./render-chart.js');
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FacedexError('CANNOT_WRITE', `can't make the folder ${directory}: ${reason}`);
  }
  const files: Record<string, string | Uint8Array> = {
    'summary.json': `${JSON.stringify(report.summary, null, 2)}\n`,
  };
  for (const [name, rows] of Object.entries(report.tables)) {
    files[`${name}.csv`] = rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
  }
  for (const [name, chart] of Object.entries(report.charts)) {
    const { svg, png } = renderChart(lineChart(chart));
    files[`${name}.svg`] = svg;
    files[`${name}.png`] = png;
  }
  const paths: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await writeFileAtomically(path, Buffer.from(content as Uint8Array));
    paths.push(path);
  }
  return paths;
}

/** RFC 4180: quoted where it has to be. */
function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
