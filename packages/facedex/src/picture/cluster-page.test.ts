import { expect, test } from 'vitest';
import { clusterPage, type PageCluster } from './cluster-page.js';

function cluster(id: number, overrides: Partial<PageCluster> = {}): PageCluster {
  return {
    id,
    person: null,
    faces: 2,
    confirmed: 0,
    sheet: `sheets/${id}.jpg`,
    thumbnail: `faces/${id}.jpg`,
    ...overrides,
  };
}

test('a name is shown as it is, whatever it holds', () => {
  const page = clusterPage([cluster(1, { person: `<img src=x onerror="alert('1')"> & Co` })]);
  expect(page).not.toContain('<img src=x');
  expect(page).toContain('&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62; &#38; Co');
});

test('a page of nobody', () => {
  const page = clusterPage([]);
  expect(page).toContain('0 faces in 0 clusters');
  expect(page).not.toMatch(/<ul|<script/);
});

test('people come by name, then the others as they are; each links to its sheet', () => {
  const page = clusterPage([
    cluster(4, { faces: 9 }),
    cluster(5, { person: 'Zoe', faces: 3 }),
    cluster(6, { person: 'Ada', faces: 1 }),
    cluster(7),
  ]);
  expect([...page.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)).toEqual([
    'sheets/6.jpg',
    'sheets/5.jpg',
    'sheets/4.jpg',
    'sheets/7.jpg',
  ]);
  expect(page).toContain('15 faces in 4 clusters');
  expect(page).toContain('>Ada</b><span>1 face · cluster 6</span>');
  expect(page).toContain('>cluster 4</b><span>9 faces</span>');
});

test('a photo that is gone leaves a word in its place', () => {
  const page = clusterPage([cluster(1, { thumbnail: undefined })]);
  expect(page).toContain('photo missing');
  expect(page).not.toContain('<img');
});
