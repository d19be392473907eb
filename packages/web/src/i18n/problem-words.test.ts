import { describe, expect, it } from 'vitest';
import { en } from './en.js';
import { problemWords } from './problem-words.js';
import { problemsEn } from './problems-en.js';

const english = { texts: en, problems: problemsEn };

describe('problemWords', () => {
  it('says what the service says of a code that it does not know', () => {
    const problem = { code: 'NEW', title: 'It is new.', detail: 'newer than the page' };
    const { code: _, ...words } = problem;
    expect(problemWords(problem, english)).toEqual(words);
    expect(problemWords({ ...problem, detail: problem.title }, english)).toEqual({
      title: 'It is new.',
    });
  });

  it('says what the service says until its own texts are there', () => {
    const problem = { code: 'LOCKED', title: 'Locked.', detail: 'try later' };
    expect(problemWords(problem, { texts: en, problems: undefined })).toEqual({
      title: 'Locked.',
      detail: 'try later',
    });
  });

  it("has its own text of a code, and the service's where that has figures", () => {
    const detail = 'the picture has more than 100 pixels: scale it down';
    const [title, advice] = problemsEn.PHOTO_TOO_LARGE;
    const problem = { code: 'PHOTO_TOO_LARGE', title: '', detail };
    expect(problemWords(problem, english)).toEqual({ title, advice, detail });
    expect(problemWords({ ...problem, code: 'LOCKED' }, english).detail).toBeUndefined();
  });

  it('needs no more than the first load where the service is away', () => {
    const problem = { code: 'OFFLINE', title: '', detail: 'Failed to fetch' };
    expect(problemWords(problem, { texts: en, problems: undefined })).toEqual({
      title: en.offline.title,
      advice: en.offline.text,
    });
  });
});
