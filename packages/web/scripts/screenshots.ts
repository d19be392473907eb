// Takes pictures of every view, light and dark, on a desktop and on a phone, in English and Chinese,
// of the built page on a real server with photos of people from the shared test data:
//   npm run build && npx tsx --conditions facedex-source packages/web/scripts/screenshots.ts [view…]
// They end up in packages/web/screenshots, which git ignores, as the photos are others'.

import { openAsBlob } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFacedexClient, form } from '@facedex/client';
import type { Page } from 'playwright-core';
import { serve } from '../../facedex/src/http/serve.js';
import { launchChromium, PAGE, whyNoBrowser } from '../test/browser.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const DATA = join(ROOT, '..', 'shared', 'data');
const OUT = join(ROOT, 'packages', 'web', 'screenshots');
const PEOPLE = [
  'Angelina_Jolie',
  'Colin_Powell',
  'Hans_Blix',
  'Jennifer_Lopez',
  'John_Bolton',
  'Laura_Bush',
];
const MORE = [
  'Martin_Scorsese',
  'Paul_Martin',
  'Ricardo_Lagos',
  'Tiger_Woods',
  'Tim_Henman',
  'Venus_Williams',
  'Zhu_Rongji',
];
/** Of the first person; the first tag is somebody else's, too. */
const TAGS = ['visitor', 'Team 7', 'press'];
const GROUP = join(DATA, 'group-photos', '2008_001322.jpg');

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** What is done on each view before the picture is taken. */
const SCENES: Record<string, (page: Page) => Promise<void>> = {
  'search-empty': (page) => open(page, 'search'),
  search: async (page) => {
    await open(page, 'search');
    await page.locator('input[type=file]').setInputFiles(await photo('Angelina_Jolie', 0));
    await page.locator('table tbody tr').first().waitFor();
  },
  'search-people': async (page) => {
    await open(page, 'search');
    await page.locator('input[type=file]').setInputFiles(await photo('Martin_Scorsese', 0));
    await page.locator('table tbody tr').first().waitFor();
    await page.locator('label', { hasText: /^(People|人物)$/ }).click();
    await settle(page);
  },
  'search-group': async (page) => {
    await open(page, 'search');
    await page.locator('input[type=file]').setInputFiles(GROUP);
    await page.locator('table tbody tr').first().waitFor();
  },
  'search-none': async (page) => {
    await open(page, 'search');
    const noise = { name: 'x.txt', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await page.locator('input[type=file]').setInputFiles(noise);
    await page.getByRole('alert').waitFor();
  },
  people: (page) => open(page, 'people'),
  person: async (page) => {
    await open(page, 'people');
    await page.locator('main li a').first().click();
    await page.locator('main input[type=checkbox]').first().check();
    await page.locator('main input[type=checkbox]').nth(2).check();
  },
  'person-delete': async (page) => {
    await open(page, 'people');
    await page.locator('main li a').first().click();
    await page
      .locator('main section button, main button')
      .filter({ has: page.locator('.lucide-trash-2') })
      .click();
  },
  photo: async (page) => {
    await open(page, 'people');
    await page.locator('main li a').first().click();
    await page.locator('main li button').first().click();
    await page.getByRole('dialog').locator('img').waitFor();
  },
  'enrol-empty': (page) => open(page, 'enrol'),
  'enrol-plan': planEnrolment,
  'enrol-running': async (page) => {
    await planEnrolment(page);
    // Some photos come through, then the service is away.
    let sent = 0;
    await page.route('**/photos', (route) =>
      sent++ < 6 ? route.continue() : route.fulfill({ status: 502, body: 'no upstream' }),
    );
    await page.locator('main button', { hasText: /^(Enrol|开始录入)$/ }).click();
    await page.waitForTimeout(3000);
  },
  'enrol-done': async (page) => {
    await planEnrolment(page);
    await page.locator('main button', { hasText: /^(Enrol|开始录入)$/ }).click();
    await page
      .locator('main a', { hasText: /See the people|查看人物/ })
      .waitFor({ timeout: 60_000 });
  },
  clusters: async (page) => {
    await open(page, 'clusters');
    await page.locator('main li').first().waitFor();
  },
  cluster: async (page) => {
    await open(page, 'clusters');
    await page.locator('main li button').first().click();
    await page.getByRole('dialog').locator('img').first().waitFor();
  },
  'verify-empty': (page) => open(page, 'verify'),
  verify: async (page) => {
    await open(page, 'verify');
    const inputs = page.locator('input[type=file]');
    await inputs.nth(0).setInputFiles(await photo('Tiger_Woods', 0));
    await inputs.nth(1).setInputFiles(await photo('Tiger_Woods', 1));
    await page.locator('main h2').waitFor();
  },
  status: async (page) => {
    await open(page, 'status');
    await page.locator('main button').first().click();
    await settle(page);
  },
  'search-nobody': (page) => open(page, 'search', 'empty'),
  'people-empty': (page) => open(page, 'people', 'empty'),
  'clusters-empty': (page) => open(page, 'clusters', 'empty'),
  'not-found': async (page) => {
    await page.goto(`${server.url}/g/nowhere/people`);
    await page.locator('h2').waitFor();
  },
  camera: async (page) => {
    await open(page, 'search');
    await page.locator('main button', { hasText: /Camera|摄像头/ }).click();
    await page.waitForTimeout(1500);
  },
  move: async (page) => {
    await SCENES.person!(page);
    await page.locator('[role=toolbar] button').first().click();
    await page.getByRole('combobox').fill('J');
    await page.getByRole('option').first().waitFor();
  },
  'person-tags': (page) => person(page),
  tags: async (page) => {
    await person(page);
    await page.locator('main button', { hasText: /Edit tags|编辑标签/ }).click();
  },
  'people-tagged': (page) => open(page, 'people', path.gallery, `?tag=${TAGS[0]}`),
  'people-tagged-none': (page) => open(page, 'people', path.gallery, '?tag=board'),
  merge: async (page) => {
    await person(page);
    await page.locator('main button', { hasText: /Merge|合并/ }).click();
    await page.getByRole('combobox').fill('Hans');
    await page.getByRole('option').first().waitFor();
  },
  consent: async (page) => {
    await person(page);
    await page.locator('main button', { hasText: /Consent|同意期限/ }).click();
    await page.locator('input[type=date]').fill('2030-12-31');
  },
  key: (page) => shownFirst(page, { me: { status: 401, json: problem('UNAUTHENTICATED', 401) } }),
  'key-refused': async (page) => {
    await shownFirst(page, { me: { status: 401, json: problem('UNAUTHENTICATED', 401) } });
    await page.getByRole('textbox').fill('fdx_000000000000_wrong');
    await page.keyboard.press('Enter');
    await page.locator('.mantine-PasswordInput-error').waitFor();
  },
  'first-gallery': (page) => shownFirst(page, { galleries: { json: { items: [] } } }),
  'service-busy': (page) =>
    shownFirst(page, { me: { status: 503, json: problem('OVERLOADED', 503) } }),
  'new-gallery': async (page) => {
    await open(page, 'people');
    await page.locator('header button').first().click();
    await page.getByRole('menuitem').last().click();
    await page.getByRole('dialog').waitFor();
  },
  'gallery-menu': async (page) => {
    await open(page, 'people');
    await page.locator('header button').first().click();
    await page.getByRole('menuitem').first().waitFor();
  },
  'delete-gallery': async (page) => {
    await open(page, 'status');
    await page.locator('main button').last().click();
    await page.getByRole('dialog').waitFor();
  },
  rename: async (page) => {
    await open(page, 'people');
    await page.locator('main li a').first().click();
    await page.locator('main button', { hasText: /Rename|重命名/ }).click();
    await page.getByRole('dialog').locator('input').fill('Hans Blix');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
  },
  offline: async (page) => {
    await open(page, 'people');
    await page.context().route('**/*', (route) => route.abort());
    await page.locator('input[type=search]').fill('b');
    await page.getByRole('alert').waitFor();
    await page.waitForTimeout(1500);
    await page.context().unroute('**/*');
  },
  menu: async (page) => {
    await open(page, 'status');
    await page.locator('header button').last().click();
  },
};
const why = whyNoBrowser();
if (why !== undefined) throw new Error(why);
const work = await mkdtemp(join(tmpdir(), 'facedex-screenshots-'));
await using server = await serve({ places: { data: work }, port: 0, log: false, page: PAGE });
const client = createFacedexClient({ baseUrl: server.url });
const path = { gallery: 'friends' };
try {
  await mkdir(OUT, { recursive: true });
  await fill();
  const wanted = process.argv.slice(2);
  await using browser = await launchChromium();
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const [colorScheme, locale] of [
      ['light', 'en-GB'],
      ['dark', 'en-GB'],
      ['light', 'zh-CN'],
    ] as const) {
      const context = await browser.newContext({ viewport, colorScheme, locale });
      for (const [name, scene] of Object.entries(SCENES)) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        page.on('console', (message) => {
          if (message.type() === 'error') console.error(name, message.text());
        });
        page.on('pageerror', (error) => console.error(name, error));
        const language = locale === 'zh-CN' ? 'zh' : colorScheme;
        try {
          await scene(page);
          await settle(page);
        } catch (error) {
          console.error(name, size, language, String(error).split('\n')[0]);
        }
        await page.screenshot({ path: join(OUT, `${name}-${size}-${language}.png`) });
        await page.close();
      }
      await context.close();
    }
  }
} finally {
  await rm(work, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  await client.POST('/v1/galleries', { body: { name: path.gallery } });
  await client.POST('/v1/galleries', { body: { name: 'empty' } });
  for (const name of [...PEOPLE, ...MORE]) {
    const files = await readdir(folderOf(name));
    // The first is left out, to be searched for; of some, nobody says who they are.
    for (const file of files.slice(1)) {
      const named = PEOPLE.includes(name) ? { person: name.replaceAll('_', ' ') } : {};
      await client.POST('/v1/galleries/{gallery}/photos', {
        params: { path },
        ...form({ ...named, photo: await openAsBlob(join(folderOf(name), file)) }),
      });
    }
  }
  const { data: people } = await client.GET('/v1/galleries/{gallery}/people', { params: { path } });
  for (const [index, tags] of [TAGS, TAGS.slice(0, 1)].entries()) {
    await client.PATCH('/v1/galleries/{gallery}/people/{person}', {
      params: { path: { ...path, person: people!.items[index]!.id } },
      body: { tags, ...(index === 0 ? { consentUntil: '2030-12-31T23:59:59Z' } : {}) },
    });
  }
  const { data: job } = await client.POST('/v1/galleries/{gallery}/jobs', {
    params: { path },
    body: { kind: 'cluster' },
  });
  for (;;) {
    const { data } = await client.GET('/v1/jobs/{job}', { params: { path: { job: job!.id } } });
    if (data!.finishedAt !== null) break;
    await new Promise((wait) => setTimeout(wait, 100));
  }
  for (const name of ['Tim_Henman', 'Venus_Williams']) {
    await cp(folderOf(name), join(work, 'album', name.replaceAll('_', ' ')), { recursive: true });
  }
  await cp(GROUP, join(work, 'album', 'party.jpg'));
  await cp(join(DATA, 'README.md'), join(work, 'album', 'notes.md'));
}

function folderOf(name: string): string {
  return join(DATA, 'lfw-view1', 'images', name);
}

async function photo(name: string, index: number): Promise<string> {
  return join(folderOf(name), (await readdir(folderOf(name)))[index]!);
}

async function open(page: Page, view: string, gallery = path.gallery, query = ''): Promise<void> {
  await page.goto(`${server.url}/g/${gallery}/${view}${query}`);
  await page.locator('main h1').waitFor();
  await settle(page);
}

async function person(page: Page): Promise<void> {
  await open(page, 'people');
  await page.locator('main li a').first().click();
  await page.locator('main h1').waitFor();
  await settle(page);
}

/** The page's first screen where the service answers so. */
async function shownFirst(
  page: Page,
  answers: Record<string, { status?: number; json: unknown }>,
): Promise<void> {
  for (const [what, answer] of Object.entries(answers)) {
    await page.route(`**/v1/${what}`, (route) => route.fulfill(answer));
  }
  await page.goto(server.url);
  await page.locator('main h1, main h2').first().waitFor();
}

function problem(code: string, status: number) {
  return { type: '', title: code, status, code, detail: code };
}

async function planEnrolment(page: Page): Promise<void> {
  await open(page, 'enrol');
  await page.getByTestId('folder').setInputFiles(join(work, 'album'));
  await page.locator('main h2').waitFor();
}

/** Until nothing is being loaded and nothing moves. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(350);
}
