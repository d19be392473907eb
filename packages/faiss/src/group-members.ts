import { checkInteger, show } from './arguments.js';
import { FaissError } from './faiss-error.js';
import { FaissIndex } from './faiss-index.js';
import { settleAll } from './settle-all.js';

/** More are a mistake. */
const MAX_MEMBERS = 256;

/** @throws {FaissError} `INVALID_ARGUMENT` unless a group can have so many indexes. */
export function checkMemberCount(count: unknown): void {
  checkInteger('the number of indexes', count, [1, MAX_MEMBERS]);
}

/** @throws {FaissError} `INVALID_ARGUMENT`, `NOT_TRAINED` unless a group can begin with it. */
export function checkMember(member: unknown): asserts member is FaissIndex {
  if (!(member instanceof FaissIndex)) {
    throw new FaissError('INVALID_ARGUMENT', `Expected a FaissIndex, received ${show(member)}.`);
  }
  if (!member.isTrained) {
    throw new FaissError(
      'NOT_TRAINED',
      `Expected a trained index, as all have to learn the same, received one of kind ` +
        `'${member.factory}' that isn't. Call its train() first.`,
    );
  }
}

/** The index and copies of it, n in all; where one fails, none is left but the index. */
export async function withClones(index: FaissIndex, n: number): Promise<FaissIndex[]> {
  const cloning = Array.from({ length: n - 1 }, () => index.clone());
  const settled = await Promise.allSettled(cloning);
  try {
    return [index, ...(await settleAll(cloning))];
  } catch (error) {
    for (const result of settled) {
      if (result.status === 'fulfilled') {
        await result.value[Symbol.asyncDispose]();
      }
    }
    throw error;
  }
}

/** The id after the last of these, which are ascending. */
export function idAfter(ids: BigInt64Array): bigint {
  const last = ids.at(-1) ?? -1n;
  return last < 0n ? 0n : last + 1n;
}
