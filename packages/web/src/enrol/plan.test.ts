import { describe, expect, it } from 'vitest';
import { planEnrolment } from './plan.js';

const FOLDERS = { foldersArePeople: true };

describe('planEnrolment', () => {
  it('leaves out what is no photo, hidden files too', () => {
    const plan = planEnrolment(
      files('a/notes.txt', 'a/.DS_Store', 'a/._1.jpg', 'a/1.JPG'),
      FOLDERS,
    );
    expect(plan.photos.map(({ path }) => path)).toEqual(['a/1.JPG']);
    expect(plan.ignored).toBe(3);
  });

  it('takes each sub-folder for a person, deeper folders included', () => {
    expect(people('photos/Ada/1.jpg', 'photos/Ada/2020/2.jpg', 'photos/Bo/1.png')).toEqual({
      'photos/Ada/1.jpg': 'Ada',
      'photos/Ada/2020/2.jpg': 'Ada',
      'photos/Bo/1.png': 'Bo',
    });
  });

  it('names nobody at the top of a folder that has people', () => {
    expect(people('photos/party.jpg', 'photos/Ada/1.jpg')['photos/party.jpg']).toBeUndefined();
  });

  it('takes a folder without sub-folders for a person', () => {
    expect(people('Ada/1.jpg', 'Ada/2.jpg')).toEqual({ 'Ada/1.jpg': 'Ada', 'Ada/2.jpg': 'Ada' });
  });

  it('looks at each dropped folder by itself', () => {
    expect(people('Ada/1.jpg', 'photos/Bo/1.jpg')).toEqual({
      'Ada/1.jpg': 'Ada',
      'photos/Bo/1.jpg': 'Bo',
    });
  });

  it('names nobody for single files, nor for an album', () => {
    expect(people('1.jpg')).toEqual({ '1.jpg': undefined });
    const album = planEnrolment(files('photos/Ada/1.jpg'), { foldersArePeople: false });
    expect(album.photos[0]!.person).toBeUndefined();
    expect(album.people).toEqual([]);
  });
});

function people(...paths: string[]) {
  const { photos } = planEnrolment(files(...paths), FOLDERS);
  return Object.fromEntries(photos.map(({ path, person }) => [path, person]));
}

function files(...paths: string[]) {
  return paths.map((path) => ({ path, file: new File([], path) }));
}
