// Lets a child process run from source as the tests do: node --import this-file script.ts
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/** Loading the compiler takes longer than most children live, so they share what it made. */
const CACHE = join(tmpdir(), 'facedex-test-cache');

if (isMainThread) {
  register(import.meta.url);
}

export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) {
      return { url: source.href, shortCircuit: true };
    }
  }
  const conditions = [...context.conditions, 'facedex-source'];
  return next(specifier, { ...context, conditions });
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) {
    return next(url, context);
  }
  const source = readFileSync(fileURLToPath(url), 'utf8');
  return { format: 'module', source: await javaScriptOf(source), shortCircuit: true };
}

async function javaScriptOf(source) {
  const cached = join(CACHE, `${createHash('sha256').update(source).digest('hex')}.js`);
  if (!existsSync(cached)) {
    const { default: ts } = await import('typescript');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${cached}.${process.pid}`, outputText);
    renameSync(`${cached}.${process.pid}`, cached);
  }
  return readFileSync(cached, 'utf8');
}
