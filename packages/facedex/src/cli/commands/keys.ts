import { type Command, Option } from 'commander';
import pc from 'picocolors';
import type { KeyFile } from '../../http/auth/key-file.js';
import { ROLES, type Role } from '../../http/auth/roles.js';
import { ownDirectoryOf } from '../../http/gallery-places.js';
import { jsonOption, withExample } from '../options.js';
import { printResult, table } from '../output.js';
import { dataOption, placesOf } from '../places-option.js';

interface Options {
  readonly data?: string;
  readonly gallery?: string;
  readonly json?: boolean;
}

interface CreateOptions extends Options {
  readonly role: Role;
  readonly name: string;
  readonly only?: string[];
}

export function addKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .summary('API keys of facedex serve: create, list, revoke')
    .description(
      'API keys of `facedex serve`. As soon as one was made, every request needs one. Only their hashes are kept.',
    );
  const create = keys
    .command('create')
    .description('Makes a key and prints it, once.')
    .addOption(
      new Option('--role <role>', 'read, enrol (also adds and names), admin (also deletes)')
        .choices(ROLES)
        .default('read'),
    )
    .option('--name <text>', 'what it is for', '')
    .option('--only <galleries...>', 'only for these galleries')
    .action(createCommand);
  withExample(create, 'facedex keys create --role enrol --name "front desk" --only visitors');
  const list = keys.command('list').description('Lists the keys.').action(listCommand);
  withExample(list, 'facedex keys list');
  const revoke = keys
    .command('revoke')
    .description('Takes a key back; a server that runs takes notice at once.')
    .argument('<id>', 'see: facedex keys list')
    .action(revokeCommand);
  withExample(revoke, 'facedex keys revoke 3f9a0c12bd45');
  withExample(keys, 'facedex keys create --role admin', 'facedex keys list');
  for (const command of keys.commands) {
    command
      .addOption(dataOption())
      .addOption(new Option('--gallery <dir>', 'of a server of one gallery').conflicts('data'))
      .addOption(jsonOption());
  }
}

async function createCommand(options: CreateOptions): Promise<void> {
  const { key, record } = await (await keyFile(options)).create({
    name: options.name,
    role: options.role,
    galleries: options.only ?? null,
  });
  const { hash: _, ...about } = record;
  printResult({ key, ...about }, options, () =>
    [key, pc.dim('Keep it: it is not shown again. Send it as Authorization: Bearer …')].join('\n'),
  );
}

async function listCommand(options: Options): Promise<void> {
  const keys = (await keyFile(options)).list().map(({ hash: _, ...about }) => about);
  printResult({ keys }, options, () =>
    keys.length === 0
      ? 'no keys: whoever reaches 127.0.0.1 may do everything'
      : table(
          keys.map(({ id, name, role, galleries, createdAt, revokedAt }) => [
            id,
            role,
            galleries === null ? 'all galleries' : galleries.join(', '),
            name,
            pc.dim(revokedAt === null ? `since ${createdAt.slice(0, 10)}` : 'revoked'),
          ]),
        ),
  );
}

async function revokeCommand(id: string, options: Options): Promise<void> {
  await (await keyFile(options)).revoke(id);
  printResult({ revoked: id }, options, () => `revoked ${id}`);
}

async function keyFile(options: Options): Promise<KeyFile> {
  const { KeyFile } = await import('../../http/auth/key-file.js');
  return new KeyFile(ownDirectoryOf(placesOf(options)));
}
