/** Detours to pages that are none of the web: over the browser as a whole, over what is gone, and in the moment in which a page leaves. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
  afterAll(() => subject?.[Symbol.asyncDispose]());
  const has = (what: unknown) => String(JSON.stringify(what)).includes(subject.host.token);

  // Would catch: the script of a local page, written by whoever answers all requests of the browser.
  test('answers no requests but those of its pages', async () => {
    const page = subject.file('with-script.html', `secret<script src="${web}own.js"></script>`);
    const { sessionId } = await client.send('Target.attachToBrowserTarget');
    for (const session of [undefined, String(sessionId)]) {
      const { refused } = await client.send('Fetch.enable', {}, session);
      expect(refused).toContain('beyond the pages');
    }
    const { session } = await operator.open('about:blank');
    await operator.goto(page, session);
    expect(await operator.read('window.own', session)).toBe(1);
    expect(client.events.filter(({ method }) => method === 'Fetch.requestPaused')).toEqual([]);
  });

  // Would catch: any file of this computer, framed by a window that a local page has opened and left behind.
  test('a window without an address has the rights of what opened it, also when that is closed and nobody has seen it', async () => {
    const { target, session } = await operator.open(subject.file('opener.html', '<p>opens'));
    await operator.read(`void open('about:blank')`, session);
    const popup = async () => (await subject.pages()).find(({ openerFrameId }) => openerFrameId === target);
    await expect.poll(popup).toBeDefined();
    const { targetId = '' } = (await popup()) ?? {};
    await client.send('Target.closeTarget', { targetId: target });
    await expect.poll(() => subject.addressOf(target)).toBeUndefined();
    const late = await subject.another();
    const mine = await late.attach(targetId);
    const frame = `new Promise((loaded) => {
      const frame = document.createElement('iframe');
      Object.assign(frame, { src: '${file}', onload: loaded });
      document.body.append(frame);
    }).then(() => 1)`;
    expect(await late.read(frame, mine)).toContain('not one of the web');
    expect(has(await late.send('DOM.getDocument', { depth: -1, pierce: true }, mine))).toBe(false);
    // It is a page like others as soon as it has gone to the web.
    await late.goto(web, mine);
    expect(await late.read('document.title', mine)).toBe('site');
    late.close();
  });

  // Would catch: a tab that has come from a file to a page without an address before the client was there.
  test('a page without an address has the rights of the one before it', async () => {
    const { target, session } = await operator.open(subject.file('leaves.html', '<p>leaves'));
    await operator.read(`void (location.href = 'about:blank')`, session);
    await expect.poll(() => subject.addressOf(target)).toBe('about:blank');
    const late = await subject.another();
    const mine = await late.attach(target);
    expect(await late.read('1', mine)).toContain('not one of the web');
    // A new tab of its own is not meant.
    expect(await late.read('1', (await late.open('about:blank')).session)).toBe(1);
    late.close();
  });

  // Would catch: paths of files, and which extensions there are, in what the network and workers tell of pages.
  test('events name nothing that is elsewhere', async () => {
    const { target, session } = await operator.open(web);
    const mine = await client.attach(target);
    for (const domain of ['Network', 'Log', 'Runtime', 'Debugger', 'DOM', 'Security', 'ServiceWorker'])
      await client.send(`${domain}.enable`, {}, mine);
    const before = client.events.length;
    await operator.goto(`${file}?private`, session);
    await operator.goto(web, session);
    const heard = client.events.slice(before);
    expect(heard.filter((event) => /host\.json|private|chrome-extension:/.test(JSON.stringify(event)))).toEqual([]);
    expect(heard.some(({ method }) => method === 'Page.loadEventFired')).toBe(true);
  });

  // Would catch: a file that is read by one of many commands while its page comes and goes.
  test('whatever it asks while its page goes to a file and back, it is told nothing of it', async () => {
    const { target, session } = await operator.open(file);
    await expect.poll(() => operator.read('document.readyState + location.href', session)).toBe(`complete${file}`);
    const mine = await client.attach(target);
    await client.goto(web, mine);
    const { entries } = await client.send('Page.getNavigationHistory', {}, mine);
    const [first] = entries as { id: number }[];
    const asked: [string, object][] = [
      ['Runtime.evaluate', { expression: 'document.documentElement.innerText', returnByValue: true }],
      ['DOM.getDocument', { depth: -1, pierce: true }],
      ['DOMSnapshot.captureSnapshot', { computedStyles: [] }],
      ['Page.getResourceTree', {}],
      ['Page.captureSnapshot', {}],
      ['Accessibility.getFullAXTree', {}],
      ['Page.getNavigationHistory', {}],
      ['Page.getFrameTree', {}],
    ];
    const answers: Promise<unknown>[] = [];
    let at: string | undefined;
    for (let round = 0; round < 4; round++) {
      void client.send('Page.navigateToHistoryEntry', { entryId: first?.id }, mine);
      for (let burst = 0; burst < 6; burst++) {
        answers.push(...asked.map(([method, params]) => client.send(method, params, mine)));
        at = await subject.addressOf(target);
      }
      await expect.poll(() => subject.addressOf(target), { timeout: 10_000 }).toBe(file);
      void client.send('Page.navigate', { url: web }, mine);
      answers.push(...asked.map(([method, params]) => client.send(method, params, mine)));
      await expect.poll(() => client.read('document.title', mine), { timeout: 10_000 }).toBe('site');
    }
    expect(at).toBeDefined();
    await client.send('Browser.getVersion');
    expect(client.events.filter((event) => has(event) || JSON.stringify(event).includes('host.json'))).toEqual([]);
    // What a page did not answer before it went is never answered.
    const told = (await Promise.all(answers.map((answer) => Promise.race([answer, Promise.resolve(null)])))).flatMap(
      (answer) => answer ?? [],
    );
    expect(told.filter((answer) => has(answer) || JSON.stringify(answer).includes('host.json'))).toEqual([]);
    expect(told.length).toBeGreaterThan(asked.length);
    await client.send('Page.close', {}, mine);
  }, 60_000);

  // Would catch: a redirect from the web to a file, followed because the client has answered the request before it.
  test('an answer of its own leads to no file', async () => {
    const { target, session } = await client.open(web);
    await client.goto(web, session);
    await client.send('Fetch.enable', { patterns: [{ urlPattern: '*/away' }] }, session);
    const paused = () => client.events.find(({ method }) => method === 'Fetch.requestPaused')?.params;
    const going = client.send('Page.navigate', { url: `${web}away` }, session);
    await expect.poll(paused, { timeout: 10_000 }).toBeDefined();
    const responseHeaders = [{ name: 'Location', value: file }];
    const answer = { requestId: paused()?.requestId, responseCode: 302, responseHeaders };
    await client.send('Fetch.fulfillRequest', answer, session);
    await going;
    expect(await subject.addressOf(target)).not.toMatch(/^file/);
    const read = await client.read('document.documentElement.outerHTML', session);
    expect(has(read)).toBe(false);
  });

  // Would catch: an address that is dropped onto a page of the web, which opens it or may ask for it from then on.
  test('an address that it drops onto a page opens no file, also not in a world that may look everywhere', async () => {
    const { target, session } = await client.open(web);
    const data = { items: [{ mimeType: 'text/uri-list', data: file, title: 'x' }], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'])
      await client.send('Input.dispatchDragEvent', { type, x: 20, y: 20, data }, session);
    expect(await subject.addressOf(target)).toBe(web);
    const world = { frameId: target, worldName: 'u', grantUniveralAccess: true };
    const { executionContextId: contextId } = await client.send('Page.createIsolatedWorld', world, session);
    const expression = `fetch('${file}').then((answer) => answer.text(), String)`;
    const asked = { expression, contextId, awaitPromise: true, returnByValue: true };
    const { result } = await client.send('Runtime.evaluate', asked, session);
    expect(result).toMatchObject({ value: expect.stringContaining('Failed to fetch') });
  });
});
