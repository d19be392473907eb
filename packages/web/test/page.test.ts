import { openAsBlob } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { form } from '@facedex/client';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyFile } from '../../facedex/src/http/auth/key-file.js';
import { startTestServer, type TestServer } from '../../facedex/test/http/test-server.js';
import { makeSample, type Sample } from '../../facedex/test/sample.js';
import { seriousFindings } from './axe.js';
import { launchChromium, PAGE, whyNoBrowser } from './browser.js';

// The real page on a real server: one gallery, in the order in which a user would fill it.

const why = whyNoBrowser();
if (why !== undefined) console.warn(`skipped: the page in a browser: ${why}`);

// Barriers are looked for on ten pages and dialogs: half a minute on a busy machine.
describe.skipIf(why !== undefined)('the page', { timeout: 180_000 }, () => {
  let sample: Sample;
  let server: TestServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What the browser complained about: errors of scripts, breaches of the policy. */
  let complaints: string[];

  beforeAll(async () => {
    sample = await makeSample();
    await writeFile(join(sample.folder, sample.heldOut[0]!.person, 'broken.jpg'), 'no picture');
    await writeFile(join(sample.folder, 'notes.txt'), 'not a photo');
    server = await startTestServer({ page: PAGE });
    browser = await launchChromium();
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    if (sample) await rm(sample.directory, { recursive: true, force: true });
  });

  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    page = await newPage();
  });

  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  it('is sent compressed, and kept by browsers as long as its content stays', async () => {
    const answer = await fetch(server.url, { headers: { accept: 'text/html' } });
    expect(answer.headers.get('content-encoding')).toMatch(/br|gzip/);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const script = /src="(.*?)"/.exec(await answer.text())![1]!;
    const { headers } = await fetch(server.url + script);
    expect(headers.get('content-encoding')).toMatch(/br|gzip/);
    expect(headers.get('vary')).toContain('accept-encoding');
    expect(headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${server.url}/assets/none.js`)).status).toBe(404);
  });

  it('asks for a gallery where there is none, and makes one', async () => {
    await page.goto(server.url);
    await page.getByLabel('Name', { exact: true }).fill('friends');
    await page.getByRole('button', { name: 'Create a gallery' }).click();
    await page.getByRole('heading', { name: 'Enrol', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/g/friends/enrol');
  });

  it('says that nobody is enrolled yet, where there is nobody', async () => {
    await open('search');
    await page.getByText('Nobody is enrolled yet').waitFor();
    await open('people');
    await page.getByText('Nobody here yet').waitFor();
    await open('clusters');
    await page.getByText('No clusters').waitFor();
  });

  it('enrols a folder of people, and tells of each photo what became of it', async () => {
    await open('enrol');
    await page.getByTestId('folder').setInputFiles(sample.folder);
    await page.getByText('1 other file left out').waitFor();
    await page.getByRole('button', { name: 'Enrol', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor({ timeout: 120_000 });
    const people = new Set(sample.heldOut.map(({ person }) => person));
    await page.getByText(`Added ${3 * people.size}`).waitFor();
    await page.getByText('Refused 1', { exact: true }).click();
    await page.getByText('The picture cannot be read').waitFor();
    await page.getByRole('link', { name: 'See the people' }).click();
    for (const person of people) await page.getByRole('link', { name: person }).waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('422')]);
  });

  it('finds a person in a picture, and judges anew without a request as the threshold moves', async () => {
    const { person, path } = sample.heldOut[0]!;
    await open('search');
    await page.getByLabel('Your picture').locator('input').setInputFiles(path);
    await page.getByText('Most likely').waitFor();
    await page.getByRole('table').getByText(person).first().waitFor();
    expect(await page.getByRole('row').nth(1).textContent()).toContain('Known');

    const requests: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') requests.push(request.url());
    });
    await page.getByRole('slider', { name: /^Threshold/ }).focus();
    await page.keyboard.press('Home');
    await page.getByText('Unknown person').waitFor();
    expect(await page.getByRole('row').nth(1).textContent()).toContain('Unknown');
    await page.getByRole('slider', { name: 'Results' }).focus();
    await page.keyboard.press('Home');
    expect(await page.getByRole('row').count()).toBe(2);
    expect(requests).toEqual([]);

    await page.getByRole('button', { name: 'Back to the default' }).click();
    await page.getByText('Most likely').waitFor();
  });

  it('saves the comparison picture', async () => {
    await open('search');
    await page.getByLabel('Your picture').locator('input').setInputFiles(sample.heldOut[0]!.path);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Comparison picture' }).click();
    expect((await download).suggestedFilename()).toBe('compare.jpg');
  });

  it('shows a box on every face of a picture, and searches for the one that is picked', async () => {
    await open('search');
    await page.getByLabel('Your picture').locator('input').setInputFiles(sample.groupPhotos[4]!);
    const faces = page.getByRole('group', { name: 'Faces that were found' }).getByRole('button');
    await faces.first().waitFor();
    await page.getByText('Most likely').waitFor();
    expect(await faces.count()).toBeGreaterThan(1);
    const before = await page.getByRole('row').nth(1).textContent();
    await faces.nth(1).click();
    await page.waitForFunction((text) => {
      const row = document.querySelector('tbody tr');
      return row !== null && row.textContent !== text;
    }, before);
    expect(await faces.nth(1).getAttribute('aria-pressed')).toBe('true');
    expect(await faces.nth(0).getAttribute('aria-pressed')).toBe('false');
  });

  it('takes a picture that is pasted', async () => {
    await open('search');
    await page.getByRole('button', { name: 'Choose a picture' }).waitFor();
    const bytes = [...(await readFile(sample.heldOut[0]!.path))];
    await page.evaluate((data) => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(data)], 'a.jpg', { type: 'image/jpeg' }));
      dispatchEvent(new ClipboardEvent('paste', { clipboardData: files }));
    }, bytes);
    await page.getByText('Most likely').waitFor();
  });

  it('takes a picture that is dropped', async () => {
    await open('search');
    await dropOn(page.getByLabel('Your picture').first(), [sample.heldOut[0]!.path]);
    await page.getByText('Most likely').waitFor();
  });

  it('reads a folder that is dropped, with its sub-folders', async () => {
    const people = new Set(sample.heldOut.map(({ person }) => person));
    await open('enrol');
    await dropOn(page.getByText('Drop a folder of photos here'), [sample.folder]);
    await page.getByRole('heading', { name: 'Ready to enrol' }).waitFor();
    await page.getByText('1 other file left out').waitFor();
    for (const person of people) await page.getByText(person, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Enrol', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor({ timeout: 120_000 });
    await page.getByText(`Known already ${3 * people.size}`).waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('422')]);
  });

  it('takes a picture with the camera', async () => {
    await open('search');
    await page.getByRole('button', { name: 'Camera' }).click();
    await page.getByRole('button', { name: 'Take it' }).click();
    // The browser's test picture shows nobody.
    await page.getByText('No face was found').waitFor();
  });

  it('tells of photos that have the same name one by one', async () => {
    const named = (name: string, text: string) => ({
      name: `${name}.jpg`,
      mimeType: 'image/jpeg',
      buffer: Buffer.from(text),
    });
    await page.route('**/photos', (route) =>
      route.fulfill(
        route.request().postDataBuffer()?.includes('no picture')
          ? { status: 422, json: { status: 422, code: 'UNREADABLE_PHOTO', title: '', detail: '' } }
          : { json: { outcome: 'added', facesSeen: 1 } },
      ),
    );
    await open('enrol');
    // As a search of the system for pictures finds them, in several folders.
    const [one, two] = [named('1', 'no picture'), named('2', 'a picture')];
    await page.getByTestId('files').setInputFiles([one, two, one, two, one, two]);
    await page.getByRole('button', { name: 'Enrol', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    const rows = page.getByRole('main').getByRole('listitem');
    for (const filter of ['Refused', 'All', 'Added'] as const) {
      await page.getByText(new RegExp(`^${filter} \\d`)).click();
      await expect.poll(() => rows.count()).toBe(filter === 'All' ? 6 : 3);
    }
    expect(complaints.splice(0)).toEqual(Array(3).fill(expect.stringContaining('422')));
  });

  it('says what it cannot read, such as a folder or a file that is gone, and waits for no service', async () => {
    const folder = join(sample.directory, 'left');
    await mkdir(folder);
    await open('search');
    await dropOn(page.getByLabel('Your picture').first(), [folder]);
    await page.getByRole('alert').getByText('The browser cannot read the file').waitFor();
    await cp(sample.heldOut[0]!.path, join(folder, '1.jpg'));
    await open('enrol');
    await page.getByTestId('folder').setInputFiles(folder);
    await page.getByRole('heading', { name: 'Ready to enrol' }).waitFor();
    await rm(join(folder, '1.jpg'));
    await page.getByRole('button', { name: 'Enrol', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    await page.getByText('The browser cannot read the file').waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('ERR_FILE_NOT_FOUND')]);
  });

  it('says that a file is no picture', async () => {
    await open('search');
    const buffer = Buffer.from('no picture');
    const file = { name: 'a.jpg', mimeType: 'image/jpeg', buffer };
    await page.getByLabel('Your picture').locator('input').setInputFiles(file);
    await page.getByRole('alert').getByText('The picture cannot be read').waitFor();
    await page.evaluate(() => localStorage.setItem('facedex-language', 'zh-CN'));
    await page.reload();
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('alert').getByText('无法读取图片').waitFor();
    // The service's own words are English, and marked so.
    expect(await page.getByRole('alert').locator('[lang=en]').textContent()).toMatch(
      /picture|photo/,
    );
    expect(complaints.splice(0, 1)).toEqual([expect.stringContaining('422')]);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('422')]);
  });

  it('compares two pictures', async () => {
    const [a, b] = [sample.heldOut[0]!, sample.heldOut[1]!];
    await open('verify');
    await page.getByLabel('First picture').locator('input').setInputFiles(a.path);
    await page.getByLabel('Second picture').locator('input').setInputFiles(a.path);
    await page.getByRole('heading', { name: 'The same person' }).waitFor();
    await page.getByLabel('Second picture').locator('input').setInputFiles(b.path);
    await page.getByRole('heading', { name: 'Different people' }).waitFor();
  });

  it('groups faces of nobody, and gives a cluster a name', async () => {
    const album = join(sample.directory, 'album');
    await mkdir(album);
    await cp(sample.groupPhotos[0]!, join(album, '1.jpg'));
    // The same people once more.
    await sharp(sample.groupPhotos[0]!).flop().toFile(join(album, '2.jpg'));
    await open('enrol');
    await page.getByTestId('folder').setInputFiles(album);
    await page.getByRole('switch', { name: 'Folders are people' }).click();
    await page.getByRole('button', { name: 'Enrol', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor({ timeout: 60_000 });
    await open('clusters');
    // As on a busy machine: the job has ended before the page hears that it was started.
    await page.route('**/friends/jobs', async (route) => {
      const answer = await route.fetch();
      const { id } = (await answer.json()) as { id: string };
      await expect
        .poll(async () => {
          const params = { path: { job: id } };
          return (await server.client.GET('/v1/jobs/{job}', { params })).data?.finishedAt;
        })
        .not.toBeNull();
      await route.fulfill({ response: answer });
    });
    await page.getByRole('button', { name: 'Group faces' }).click();
    await page.getByText('Faces are grouped.').waitFor({ timeout: 60_000 });
    const name = page.getByRole('combobox', { name: /^Name of cluster/ }).first();
    await name.fill('Nora');
    await name.press('Enter');
    await page.getByText('Named Nora.').waitFor();
    await open('people');
    await page.getByRole('link', { name: 'Nora' }).waitFor();
  });

  it('names a cluster once while Enter is held down, and shows its name as it is now', async () => {
    await open('clusters');
    const changes: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') changes.push(request.url());
    });
    await page
      .getByRole('combobox', { name: /^Name of cluster/ })
      .first()
      .fill('Nell');
    for (let i = 0; i < 8; i++) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await page.getByText('Named Nell.').first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(changes).toHaveLength(1);

    const names = page.getByRole('combobox', { name: /^Name of cluster/ });
    const written = () =>
      names.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    await page.getByRole('switch').click();
    await expect.poll(written).toContain('Nell');
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await page.getByRole('link', { name: 'Nell' }).click();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Nelly');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Nelly', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Clusters', exact: true }).click();
    await page.getByRole('switch').click();
    await page.getByRole('main').getByText('Nelly', { exact: true }).waitFor();
    expect(await written()).toContain('Nelly');
    expect(await written()).not.toContain('Nell');
  });

  it('renames a person; a name is text, whatever it says', async () => {
    const name = '<img src=x onerror="document.title=1">';
    await open('people');
    await page.getByRole('link', { name: 'Nora' }).click();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
    expect(await page.title()).toBe(`${name} · facedex`);
    await open('people');
    await page.getByRole('link', { name }).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it('offers to merge two people of whom one gets the name of the other', async () => {
    const { person } = sample.heldOut[0]!;
    await open('people');
    await page.getByRole('link', { name: '<img' }).click();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill(person);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: `Merge into ${person}` }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const asked: string[] = [];
    const api = page.url().replace(/.*\/people\//, '/people/');
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
    await page.getByRole('button', { name: `Merge into ${person}` }).click();
    await page.getByRole('heading', { name: person, level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const merged = asked.findIndex((request) => /^POST .*\/merge$/.test(request));
    expect(merged).not.toBe(-1);
    expect(asked.slice(merged).filter((request) => request.includes(api))).toEqual([]);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('409')]);
  });

  it('sets the day on which the consent ends, and takes it off again', async () => {
    const { person } = sample.heldOut[0]!;
    await open('people');
    await page.getByRole('link', { name: person }).click();
    for (const [day, text] of [
      ['2099-12-31', 'Consent until 31 Dec 2099'],
      ['', 'The consent has no end.'],
    ] as const) {
      await page.getByRole('button', { name: 'Consent' }).click();
      await page.getByLabel('Consent ends after').fill(day);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText(text).first().waitFor();
    }
    const { data } = await server.client.GET('/v1/galleries/{gallery}/people', {
      params: { path: { gallery: 'friends' }, query: { name: person } },
    });
    expect(data!.items[0]!.consentUntil).toBeNull();
  });

  it('gives a person tags, and shows only who has one', async () => {
    const { person } = sample.heldOut[0]!;
    await open('people');
    await page.getByRole('link', { name: person }).click();
    await page.getByRole('button', { name: 'Add tags' }).click();
    const tags = page.getByRole('dialog').getByLabel('Tags', { exact: true });
    await tags.fill('visitor');
    await tags.press('Enter');
    // What is written and not yet a tag is one when it is saved.
    await tags.fill('Team 7');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The tags are saved.').waitFor();
    await page.getByRole('link', { name: 'Team 7' }).click();
    const filter = page.getByRole('group', { name: 'Only people with a tag' });
    await filter.getByRole('button', { name: 'Team 7', pressed: true }).waitFor();
    const cards = page.getByRole('main').getByRole('listitem');
    await expect.poll(() => cards.count()).toBe(1);
    expect(await cards.textContent()).toContain(person);
    await filter.getByRole('button', { name: 'Team 7' }).click();
    await expect.poll(() => cards.count()).toBeGreaterThan(1);

    await page.getByRole('link', { name: person }).click();
    await page.getByRole('button', { name: 'Edit tags' }).click();
    await tags.press('Backspace');
    await page.getByRole('group', { name: 'Tags of others' }).getByRole('button').click();
    await tags.press('Backspace');
    await tags.press('Backspace');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Add tags' }).waitFor();
    const { data } = await server.client.GET('/v1/galleries/{gallery}/people', {
      params: { path: { gallery: 'friends' }, query: { name: person } },
    });
    expect(data!.items[0]!.tags).toEqual([]);
    await page.goto(`${server.url}/g/friends/people?tag=visitor`);
    await page.getByText('Nobody here has the tag “visitor”').waitFor();
    await page.getByRole('button', { name: 'All people' }).click();
    await expect.poll(() => cards.count()).toBeGreaterThan(1);
  });

  it('moves a face to a new person', async () => {
    await open('people');
    await page.getByRole('link', { name: sample.heldOut[1]!.person }).click();
    await page.getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Move to…' }).click();
    await page.getByRole('combobox', { name: 'Person' }).fill('Mona');
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByText('One face moved to Mona.').waitFor();
    await open('people');
    await page.getByRole('link', { name: 'Mona' }).waitFor();
  });

  it('deletes faces, also where somebody else was faster with one of them', async () => {
    const gallery = { gallery: 'friends' };
    await open('people');
    await page.getByRole('link', { name: sample.heldOut[2]!.person }).click();
    await page.getByRole('checkbox').nth(2).waitFor();
    const person = page.url().replace(/.*\/people\//, '');
    const facesOf = () =>
      server.client.GET('/v1/galleries/{gallery}/faces', {
        params: { path: gallery, query: { person } },
      });
    const { data: before } = await facesOf();
    await server.client.DELETE('/v1/galleries/{gallery}/faces/{face}', {
      params: { path: { ...gallery, face: before!.items[0]!.id } },
    });
    for (const i of [0, 1]) await page.getByRole('checkbox').nth(i).check();
    await page.getByRole('button', { name: 'Delete faces' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete 2 faces?' });
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('2 faces are deleted').waitFor();
    const { data: after } = await facesOf();
    expect(after!.items.map(({ id }) => id)).toEqual([before!.items[2]!.id]);
    await expect.poll(() => page.getByRole('checkbox').count()).toBe(1);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('404')]);
  });

  it('deletes a person only when asked twice, and for good', async () => {
    await open('people');
    await page.getByRole('link', { name: 'Mona' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete Mona?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Mona is deleted').waitFor();
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
    await page.getByLabel('Find by name').fill('Mona');
    await page.getByText('Nobody has such a name').waitFor();
    const { data } = await server.client.GET('/v1/galleries/{gallery}/people', {
      params: { path: { gallery: 'friends' }, query: { name: 'Mona' } },
    });
    expect(data!.items).toEqual([]);
    complaints = complaints.filter((text) => !text.includes('404'));
  });

  it('still has the name that was looked for on the way back from a person, and not in the address', async () => {
    const { person } = sample.heldOut[0]!;
    await open('people');
    const find = page.getByLabel('Find by name');
    // Else the list could change under the click.
    const found = page.waitForResponse((answer) => answer.url().includes('name='));
    await find.fill(person);
    await found;
    await page.getByRole('link', { name: person }).click();
    await page.getByRole('heading', { name: person, level: 1 }).waitFor();
    await page.goBack();
    await find.waitFor();
    expect(await find.inputValue()).toBe(person);
    expect(page.url()).toMatch(/\/people$/);
  });

  it('gives the focus back to what opened a dialog', async () => {
    await open('people');
    await page.getByRole('link', { name: sample.heldOut[0]!.person }).click();
    for (const name of ['Rename', 'Consent', 'Delete', /^Show the photo/]) {
      const button = page.getByRole('button', { name, exact: true }).first();
      await button.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expect.poll(() => button.evaluate((it) => it === document.activeElement)).toBe(true);
    }
  });

  it('takes no year of five digits for the end of a consent', async () => {
    await open('people');
    await page.getByRole('link', { name: sample.heldOut[0]!.person }).click();
    await page.getByRole('button', { name: 'Consent' }).click();
    const end = page.getByLabel('Consent ends after');
    await end.focus();
    // As typed: browsers that have no maximum go on with the year.
    await page.keyboard.type('31122030');
    await page.keyboard.type('0');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await end.inputValue()).not.toMatch(/^\d{5}/);
  });

  it('closes a photo where one follows its name to the person who is shown already', async () => {
    const { person } = sample.heldOut[0]!;
    await open('people');
    await page.getByRole('link', { name: person }).click();
    await page
      .getByRole('button', { name: /^Show the photo/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('link', { name: person }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('asks for the next page of a list that failed by its button only', async () => {
    let fails = true;
    let asked = 0;
    await page.route('**/friends/people?*', async (route) => {
      const answer = await route.fetch();
      if (!route.request().url().includes('cursor=')) {
        return route.fulfill({ json: { ...((await answer.json()) as object), next: 'more' } });
      }
      asked++;
      if (!fails) return route.fulfill({ json: { items: [], next: null } });
      return route.fulfill({ status: 500, json: { code: 'UNEXPECTED', status: 500, detail: '' } });
    });
    await open('people');
    const again = page.getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await page.waitForLoadState('networkidle');
    expect(asked).toBe(1);
    fails = false;
    await again.click();
    await again.waitFor({ state: 'detached' });
    expect(asked).toBe(2);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('500')]);
  });

  describe('where somebody else changes what it shows', () => {
    const gallery = 'visitors';
    const path = { gallery };

    /** A person with these of the pictures; their id. */
    async function enrol(person: string, ...pictures: number[]): Promise<string> {
      for (const picture of pictures) {
        await server.client.POST('/v1/galleries/{gallery}/photos', {
          params: { path },
          ...form({ person, photo: await openAsBlob(sample.heldOut[picture]!.path) }),
        });
      }
      const { data } = await server.client.GET('/v1/galleries/{gallery}/people', {
        params: { path, query: { name: person } },
      });
      return data!.items[0]!.id;
    }

    const remove = (person: string) =>
      server.client.DELETE('/v1/galleries/{gallery}/people/{person}', {
        params: { path: { ...path, person } },
      });

    beforeAll(async () => {
      await server.client.POST('/v1/galleries', { body: { name: gallery } });
    });

    it('cuts a name that is written from right to left at its end', async () => {
      const name = 'محمد بن سلمان آل سعود بن عبد العزيز';
      const id = await enrol(name, 2);
      await open('people', gallery);
      const shown = page.getByRole('link').getByText(name);
      expect(await shown.evaluate((text) => getComputedStyle(text).direction)).toBe('rtl');
      await remove(id);
    });

    it('renames once on a double click; shows no longer who was deleted', async () => {
      const zoe = await enrol('Zoe', 0);
      await open(`people/${zoe}`, gallery);
      let changes = 0;
      await page.route('**/people/*', (route) => {
        if (route.request().method() === 'PATCH') changes++;
        return route.continue();
      });
      await page.getByRole('button', { name: 'Rename' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Zora');
      await page.getByRole('button', { name: 'Save' }).dblclick();
      await page.getByRole('heading', { name: 'Zora', level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(changes).toBe(1);

      await page.getByRole('button', { name: 'Rename' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Zelda');
      await remove(zoe);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('This person is not here').waitFor();
      expect(await page.getByRole('button', { name: 'Rename' }).count()).toBe(0);
      complaints = complaints.filter((text) => !text.includes('404'));
    });

    it('goes on with the selected faces that are still there', async () => {
      const zoe = await enrol('Zoe', 0, 1);
      await open(`people/${zoe}`, gallery);
      for (const i of [0, 1]) await page.getByRole('checkbox').nth(i).check();
      const { data } = await server.client.GET('/v1/galleries/{gallery}/faces', {
        params: { path, query: { person: zoe } },
      });
      await server.client.DELETE('/v1/galleries/{gallery}/faces/{face}', {
        params: { path: { ...path, face: data!.items[0]!.id } },
      });
      await page.getByRole('button', { name: 'Not this person' }).click();
      await page.getByRole('toolbar', { name: '1 selected' }).waitFor();
      await page.getByRole('button', { name: 'Not this person' }).click();
      await page.getByRole('toolbar').waitFor({ state: 'detached' });
      complaints = complaints.filter((text) => !text.includes('404'));
      await remove(zoe);
    });

    it('gives a name that is free again, where it was to be merged', async () => {
      const zoe = await enrol('Zoe', 0);
      const yan = await enrol('Yan', 1);
      await open(`people/${zoe}`, gallery);
      await page.getByRole('button', { name: 'Rename' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Yan');
      await page.getByRole('button', { name: 'Save' }).click();
      const merge = page.getByRole('button', { name: 'Merge into Yan' });
      await merge.waitFor();
      await remove(yan);
      await merge.click();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'Yan', level: 1 }).waitFor();
      expect(complaints.splice(0)).toEqual([expect.stringContaining('409')]);
      await remove(zoe);
    });

    it('leads nobody away from another view by an answer that comes late', async () => {
      await open(`people/${await enrol('Zoe', 0)}`, gallery);
      let answer!: () => void;
      const held = new Promise<void>((resolve) => {
        answer = resolve;
      });
      await page.route('**/people/*', async (route) => {
        if (route.request().method() === 'DELETE') await held;
        await route.continue();
      });
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Verify', exact: true }).click();
      await page.getByRole('heading', { name: 'Verify', level: 1 }).waitFor();
      answer();
      await page.getByText('Zoe is deleted').waitFor();
      expect(new URL(page.url()).pathname).toBe(`/g/${gallery}/verify`);
    });

    it('says that the gallery is gone', async () => {
      await open('people', gallery);
      await page.getByText('Nobody here yet').waitFor();
      await server.client.DELETE('/v1/galleries/{gallery}', { params: { path } });
      await page.getByLabel('Find by name').fill('a');
      await page.getByText(`There is no gallery “${gallery}”`).waitFor();
      complaints = complaints.filter((text) => !text.includes('404'));
    });
  });

  it('shows the size of the gallery, and how fast it is searched', async () => {
    await open('status');
    await page.getByText('Flat').first().waitFor();
    await page.getByRole('button', { name: 'Measure' }).click();
    await page.getByText('Search in the index').waitFor();
  });

  it('speaks Chinese once it is chosen, and after a reload', async () => {
    await open('status');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('menuitem', { name: '简体中文' }).click();
    await page.getByRole('heading', { name: '状态' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '状态' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  });

  it('leads by keyboard past the navigation to the content', async () => {
    await open('people');
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
      'Skip to the content',
    );
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Find by name',
    );
  });

  it.each(['light', 'dark'] as const)('has no serious barriers, in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const findings: Record<string, string[]> = {};
    for (const view of ['people', 'enrol', 'clusters', 'verify', 'status', 'search']) {
      await open(view);
      await page.waitForLoadState('networkidle');
      findings[view] = await seriousFindings(page);
    }
    await page.getByLabel('Your picture').locator('input').setInputFiles(sample.heldOut[0]!.path);
    await page.getByText('Most likely').waitFor();
    findings.results = await seriousFindings(page);
    await page
      .getByRole('button', { name: /^Show the photo/ })
      .first()
      .click();
    await page.getByRole('dialog').locator('img').waitFor();
    findings.photo = await seriousFindings(page);
    await open('people');
    await page.getByRole('main').getByRole('link').first().click();
    await page.getByRole('checkbox').first().check();
    findings.person = await seriousFindings(page);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    findings.confirm = await seriousFindings(page);
    const none = Object.fromEntries(Object.keys(findings).map((view) => [view, []]));
    expect(findings).toEqual(none);
  });

  it('is no wider than a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    const widths: Record<string, number> = {};
    for (const view of ['people', 'enrol', 'clusters', 'verify', 'status', 'search']) {
      await open(view);
      await page.waitForLoadState('networkidle');
      widths[view] = await width();
    }
    await page.getByLabel('Your picture').locator('input').setInputFiles(sample.heldOut[0]!.path);
    await page.getByRole('cell').first().waitFor();
    widths.results = await width();
    expect(new Set(Object.values(widths))).toEqual(new Set([390]));
  });

  it('says where there is no such page, gallery or person', async () => {
    await page.goto(`${server.url}/nowhere`);
    await page.getByText('There is no such page').waitFor();
    await page.goto(`${server.url}/g/nowhere/people`);
    await page.getByText('There is no gallery “nowhere”').waitFor();
    await open('people/00000000deadbeef');
    await page.getByText('This person is not here').waitFor();
    complaints = complaints.filter((text) => !text.includes('404'));
  });

  it('says while the service does not answer, and goes on when it does again', async () => {
    await open('people');
    await context.route('**/*', (route) => route.abort('connectionrefused'));
    await page.getByLabel('Find by name').fill('a');
    await page.getByText('The service does not answer. Trying again…').waitFor();
    await context.unroute('**/*');
    await page
      .getByText('The service does not answer. Trying again…')
      .waitFor({ state: 'detached', timeout: 15_000 });
    complaints = complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'));
  });

  it('opens its views and menus while the service does not answer', async () => {
    await page.goto(`${server.url}/g/friends/search`, { waitUntil: 'networkidle' });
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('person-view')),
    );
    await page.waitForLoadState('networkidle');
    await context.route('**/*', (route) => route.abort('connectionrefused'));
    for (const view of ['People', 'Enrol', 'Clusters', 'Verify', 'Status']) {
      await page.getByRole('link', { name: view, exact: true }).click();
      await page.getByRole('heading', { name: view, level: 1 }).waitFor();
    }
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('menuitem', { name: '简体中文' }).click();
    await page.getByRole('heading', { name: '状态', level: 1 }).waitFor();
    complaints = complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'));
  });

  it('asks for a key once there are keys, and offers what its role allows', async () => {
    const keys = new KeyFile(join(server.data, '.service'));
    const { key } = await keys.create({ name: 'desk', role: 'read', galleries: null });
    await open('people');
    const field = page.getByRole('textbox', { name: 'API key' });
    await field.fill('fdx_000000000000_wrong');
    await field.press('Enter');
    await page.getByText('The service does not know this key').waitFor();
    // The same once more: it may have been made meanwhile.
    await field.fill('fdx_000000000000_wrong');
    await field.press('Enter');
    await page.getByText('The service does not know this key').waitFor();
    await field.fill(key);
    await field.press('Enter');
    const person = page.getByRole('link', { name: sample.heldOut[0]!.person });
    await person.waitFor();
    await page.waitForFunction(() => {
      const image = document.querySelector<HTMLImageElement>('main li img');
      return image?.src.startsWith('blob:') === true && image.naturalWidth > 0;
    });
    await person.click();
    await page.getByRole('heading', { name: sample.heldOut[0]!.person, level: 1 }).waitFor();
    expect(await page.getByRole('button', { name: 'Rename' }).count()).toBe(0);
    expect(await page.getByRole('checkbox').count()).toBe(0);

    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(stored + page.url()).not.toContain(key);
    const forget = async () => {
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByRole('menuitem', { name: 'Forget the API key' }).click();
      await field.waitFor();
    };
    await forget();
    expect(await page.evaluate(() => sessionStorage.getItem('facedex-key'))).toBeNull();

    const enrolling = await keys.create({ name: 'desk', role: 'enrol', galleries: null });
    await field.fill(enrolling.key);
    await field.press('Enter');
    await page.getByRole('button', { name: 'Consent' }).click();
    const end = page.getByLabel('Consent ends after');
    expect(await end.inputValue()).toBe('');
    expect(await page.getByText('Leave it empty where there is no end.').count()).toBe(0);
    const save = page.getByRole('button', { name: 'Save' });
    expect(await save.isDisabled()).toBe(true);
    await end.fill('2098-12-31');
    await save.click();
    await page.getByText('Consent until 31 Dec 2098').first().waitFor();
    await forget();
    complaints = complaints.filter((text) => !text.includes('401'));
  });

  async function open(view: string, gallery = 'friends'): Promise<void> {
    await page.goto(`${server.url}/g/${gallery}/${view}`);
    await page.getByRole('main').waitFor();
  }

  /** Drops files or folders of the disk, as the browser's own drag and drop does. */
  async function dropOn(place: Locator, files: string[]): Promise<void> {
    await place.waitFor();
    const box = (await place.boundingBox())!;
    const debug = await context.newCDPSession(page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await debug.send('Input.dispatchDragEvent', {
        type,
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
        data: { items: [], files, dragOperationsMask: 1 },
      });
    }
  }

  async function newPage(): Promise<Page> {
    const opened = await context.newPage();
    opened.setDefaultTimeout(20_000);
    complaints = [];
    opened.on('pageerror', (error) => complaints.push(String(error)));
    opened.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    return opened;
  }
});
