// Runs each script of a folder, and prints as JSON what each one printed, or how it failed.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const [folder = ''] = process.argv.slice(2);
const printed: Record<string, string[]> = {};
const { log } = console;
for (const name of (await readdir(folder)).sort()) {
  const lines: string[] = [];
  printed[name] = lines;
  console.log = (...values: unknown[]) => {
    lines.push(format(...values));
  };
  try {
    await import(pathToFileURL(join(folder, name)).href);
  } catch (error) {
    lines.push(String(error));
  }
}
log(JSON.stringify(printed));
