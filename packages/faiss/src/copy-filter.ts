import { filterSteps, type IdFilter } from './id-filter.js';
import { copyIds } from './ids.js';

/**
 * The filter in memory of our own, for calls that wait before they pass it on.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`
 */
export function copyFilter(filter: IdFilter): IdFilter {
  filterSteps(filter); // for its checks, also of the depth
  return copyPart(filter);
}

function copyPart(filter: IdFilter): IdFilter {
  if ('ids' in filter) {
    return { ids: copyIds(filter.ids) };
  }
  if ('bitmap' in filter) {
    return { bitmap: new Uint8Array(filter.bitmap) };
  }
  if ('not' in filter) {
    return { not: copyPart(filter.not) };
  }
  if ('and' in filter) {
    return { and: filter.and.map(copyPart) };
  }
  if ('or' in filter) {
    return { or: filter.or.map(copyPart) };
  }
  return { range: [...filter.range] };
}
