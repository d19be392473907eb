import { expect, onTestFinished, test, vi } from 'vitest';
import { runCli } from './run-cli.js';

async function help(command: readonly string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  expect([command, await runCli([...command, '--help'])]).toEqual([command, 0]);
  const text = write.mock.calls.map(([chunk]) => String(chunk)).join('');
  write.mockRestore();
  return text;
}

/** The help of a command and of all below it, by their names. */
async function* allHelp(command: readonly string[]): AsyncGenerator<[name: string, text: string]> {
  const text = await help(command);
  yield [command.join(' '), text];
  const [, names = ''] = /^Commands:\n((?: .*\n)+)/m.exec(text) ?? [];
  for (const [, name] of names.matchAll(/^ {2}([a-z-]+)/gm)) {
    if (name !== 'help') yield* allHelp([...command, name!]);
  }
}

const LEAST_COMMANDS = 40;

test('every command shows an example, has --json but for serve, and names only options that it has', async () => {
  const faults: string[] = [];
  let commands = 0;
  for await (const [name, text] of allHelp([])) {
    commands += 1;
    const isGroup = text.includes('\nCommands:');
    const [, examples = ''] = text.split('\nExample:\n');
    if (name !== '' && !examples.includes(`  facedex ${name}`)) faults.push(`${name}: no example`);
    if (!isGroup && name !== 'serve' && !text.includes('--json')) faults.push(`${name}: no --json`);
    const words = text.replace(/\s+/g, ' ');
    if (words.includes('that of the gallery') && !text.includes('--gallery')) {
      faults.push(`${name}: speaks of a gallery, but asks none`);
    }
    if (words.includes('place of --model') && !text.includes('--model <id>')) {
      faults.push(`${name}: speaks of --model, but has none`);
    }
  }
  expect(faults).toEqual([]);
  expect(commands).toBeGreaterThan(LEAST_COMMANDS);
});
