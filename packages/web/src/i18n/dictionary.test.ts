import { describe, expect, it } from 'vitest';
import { ERROR_TABLE } from '../../../facedex/src/error-table.js';
import { en } from './en.js';
import { problemsEn } from './problems-en.js';
import { problemsZh } from './problems-zh.js';
import { zh } from './zh.js';

const CHINESE = /\p{Script=Han}/u;

/** Names that are the same in every language. */
const NAMES = new Set(['appName']);

const english = new Map(textsOf({ ...en, problems: problemsEn }));
const chinese = new Map(textsOf({ ...zh, problems: problemsZh }));

describe('the dictionary', () => {
  it('has every text in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('has a text for every problem of the service', () => {
    const codes = [...Object.keys(ERROR_TABLE), 'UNEXPECTED'];
    expect(Object.keys(problemsEn).sort()).toEqual(codes.sort());
  });

  it('has no text in the wrong language', () => {
    const notChinese = [...chinese].filter(([key, text]) => !NAMES.has(key) && !CHINESE.test(text));
    const notEnglish = [...english].filter(([, text]) => CHINESE.test(text));
    expect({ notChinese, notEnglish }).toEqual({ notChinese: [], notEnglish: [] });
  });

  it('has no text that is empty or ends in a blank', () => {
    const odd = [...english, ...chinese].filter(([, text]) => text === '' || text !== text.trim());
    expect(odd).toEqual([]);
  });
});

/** Every text with its place, such as `nav.search`; of a function, what it says of some values. */
function textsOf(texts: object, place = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, text]): [string, string][] => {
    const here = place === '' ? key : `${place}.${key}`;
    if (typeof text === 'string') return [[here, text]];
    if (typeof text === 'object') return textsOf(text, here);
    if (key === 'role')
      return ['read', 'enrol', 'admin'].map((role) => [`${here}.${role}`, text(role)]);
    return [1, 2].map((n) => [`${here}(${n})`, text(n, String(n))]);
  });
}
