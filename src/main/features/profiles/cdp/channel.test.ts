/** A channel of a client that is held to pages of the web, over a browser that is played. */
import { expect, test } from 'vitest';
import { createChannel, type Trunk } from './channel.ts';
import type { Command, Message } from './messages.ts';

/** A channel with what reaches the browser and the client; `tell` is an event of the browser, `answer` that to the last command. */
function open() {
  const sent: Omit<Command, 'id'>[] = [];
  const answers: ((message: Message) => void)[] = [];
  const heard: Message[] = [];
  const trunk: Trunk = {
    routes: new Map(),
    backlog: () => 0,
    send(command, onAnswer) {
      sent.push(command);
      answers.push(onAnswer);
      return () => undefined;
    },
  };
  const channel = createChannel(trunk, 'root', { deliver: (message) => heard.push(message), isConfined: true });
  // What the host asks for itself.
  for (const answer of answers) answer({ result: {} });
  const tell = (method: string, params: object) =>
    trunk.routes.get('root')?.event({ method, params: params as Message['params'], sessionId: 'root' });
  const at = (targetId: string, url: string, more = {}) => ({ targetInfo: { targetId, url, title: 'T', ...more } });
  const attached = (sessionId: string, targetId: string, url: string, more = {}) =>
    tell('Target.attachedToTarget', { sessionId, ...at(targetId, url, more) });
  const moved = (targetId: string, url: string) => tell('Target.targetInfoChanged', at(targetId, url));
  let id = 0;
  const ask = (method: string, params = {}, sessionId?: string) =>
    channel.send({ id: ++id, method, params, ...(sessionId && { sessionId }) });
  /** Something that a page says itself. */
  const says = (sessionId: string, method: string, params: object) =>
    trunk.routes.get(sessionId)?.event({ method, params: params as Message['params'], sessionId });
  return {
    sent,
    heard,
    says,
    tell,
    at,
    attached,
    moved,
    ask,
    answer: (result: object) => answers.at(-1)?.({ result } as Message),
  };
}

// Would catch: a picture of a file, asked for on a page of the web, that is taken on the way through the file and told when the page is back.
test('what was asked before a page left the web is not told after it has come back', () => {
  const { attached, moved, ask, answer, heard } = open();
  attached('s', 't', 'https://shop.test/');
  ask('Page.captureScreenshot', {}, 's');
  moved('t', 'file:///x');
  moved('t', 'https://shop.test/');
  answer({ data: 'pixels' });
  expect(heard.at(-1)?.error?.message).toContain('has left the web');
  ask('Page.captureScreenshot', {}, 's');
  answer({ data: 'pixels' });
  expect(heard.at(-1)?.result).toEqual({ data: 'pixels' });
});

// Would catch: windows of a browser context of their own, which save what they are offered.
test('downloads are refused before anything is opened, in each new context too', () => {
  const { sent, ask, answer, heard } = open();
  const denied = (params = {}) =>
    expect.objectContaining({ method: 'Browser.setDownloadBehavior', params: { ...params, behavior: 'deny' } });
  expect(sent).toContainEqual(denied());
  ask('Target.createBrowserContext');
  const before = heard.length;
  answer({ browserContextId: 'c' });
  expect(sent.at(-1)).toEqual(denied({ browserContextId: 'c' }));
  expect(heard.slice(before)).toEqual([{ id: 1, result: { browserContextId: 'c' } }]);
});

// Would catch: a window with the rights of a file that is taken for one of the web, because it has no address of its own.
test('a page without an address is where its opener is, until it goes somewhere', () => {
  const { attached, moved, ask, heard, tell, at, sent } = open();
  const isRefused = (session: string) => {
    const before = heard.length;
    ask('Runtime.evaluate', { expression: '1' }, session);
    return heard.slice(before).some(({ error }) => error !== undefined);
  };
  tell('Target.targetCreated', at('file', 'file:///x'));
  tell('Target.targetCreated', at('web', 'https://shop.test/'));
  attached('a', 'popup', '', { openerId: 'file' });
  attached('b', 'another', 'about:blank', { openerId: 'web' });
  attached('c', 'third', 'about:blank', { openerId: 'popup' });
  attached('d', 'worker', 'blob:null/1', { parentId: 'file' });
  attached('e', 'frame', 'about:srcdoc', { parentId: 'file' });
  expect(['a', 'b', 'c', 'd', 'e'].map(isRefused)).toEqual([true, false, true, true, true]);
  // The opener may go; what it has opened keeps what it has.
  moved('file', 'https://shop.test/');
  moved('popup', 'about:blank');
  expect(isRefused('a')).toBe(true);
  moved('popup', 'https://shop.test/');
  expect([isRefused('a'), sent.length > 0]).toEqual([false, true]);
});

// Would catch: a window that a file has opened before the client came, when the file is gone or has not been told yet.
test('of a page without an address that was there before nobody knows what opened it', () => {
  const routes: Trunk['routes'] = new Map();
  const heard: Message[] = [];
  const trunk: Trunk = { routes, backlog: () => 0, send: () => () => undefined };
  const channel = createChannel(trunk, 'root', { deliver: (message) => heard.push(message), isConfined: true });
  const targetInfo = { targetId: 'popup', url: 'about:blank', openerId: 'gone' };
  routes.get('root')?.event({ method: 'Target.targetCreated', params: { targetInfo }, sessionId: 'root' });
  const params = { sessionId: 's', targetInfo };
  routes.get('root')?.event({ method: 'Target.attachedToTarget', params, sessionId: 'root' });
  channel.send({ id: 1, method: 'Runtime.evaluate', sessionId: 's' });
  expect(heard.at(-1)?.error?.message).toContain('not one of the web');
});

// Would catch: a file that is read in the moment in which its page is there, and the browser has not said so yet.
test('a page says itself where it is, before the browser does', () => {
  const { sent, attached, says, moved, ask, answer, heard } = open();
  attached('s', 't', 'https://shop.test/');
  expect(sent.at(-1)).toEqual({ method: 'Page.enable', sessionId: 's' });
  ask('Page.disable', {}, 's');
  expect(heard.at(-1)?.error?.message).toContain('beyond');
  ask('Runtime.evaluate', { expression: 'document.body.innerText' }, 's');
  const before = heard.length;
  says('s', 'Page.frameStartedNavigating', { url: 'file:///x' });
  says('s', 'Network.requestWillBeSent', { documentURL: 'file:///x', request: { url: 'file:///x' } });
  says('s', 'Page.frameNavigated', { frame: { url: 'file:///x' } });
  expect(heard.length).toBe(before);
  answer({ result: { value: 'secret' } });
  expect(heard.at(-1)?.error?.message).toContain('has left the web');
  // What the browser says of the page before is late.
  moved('t', 'https://shop.test/');
  ask('Runtime.evaluate', { expression: '1' }, 's');
  expect(heard.at(-1)?.error?.message).toContain('not one of the web');
  // Frames of a page say nothing of the page.
  says('s', 'Page.frameNavigated', { frame: { url: 'https://ads.test/', parentId: 't' } });
  ask('Runtime.evaluate', { expression: '1' }, 's');
  expect(heard.at(-1)?.error?.message).toContain('not one of the web');
  says('s', 'Page.frameNavigated', { frame: { url: 'https://shop.test/' } });
  ask('Runtime.evaluate', { expression: '1' }, 's');
  answer({ result: { value: 1 } });
  expect(heard.at(-1)?.result).toEqual({ result: { value: 1 } });
});

// Would catch: a page elsewhere that waits for ever for a client that hears nothing of it, or whose scripts are written by who guesses an id.
test('of requests that it holds up, those of a page elsewhere go on; that back to the web is its own', () => {
  const { sent, attached, says, ask, heard } = open();
  attached('s', 't', 'file:///x');
  const before = heard.length;
  says('s', 'Fetch.requestPaused', {
    requestId: 'r1',
    resourceType: 'Script',
    request: { url: 'https://cdn.test/a.js' },
  });
  expect([heard.length, sent.at(-1)]).toEqual([
    before,
    { method: 'Fetch.continueRequest', params: { requestId: 'r1' }, sessionId: 's' },
  ]);
  ask('Fetch.fulfillRequest', { requestId: 'r1', responseCode: 200 }, 's');
  expect(heard.at(-1)?.error?.message).toContain('not one of the web');
  says('s', 'Fetch.authRequired', { requestId: 'r2', resourceType: 'Image' });
  expect(sent.at(-1)).toMatchObject({ method: 'Fetch.continueWithAuth', params: { requestId: 'r2' } });
  says('s', 'Fetch.requestPaused', {
    requestId: 'r3',
    resourceType: 'Document',
    request: { url: 'https://shop.test/' },
  });
  expect(heard.at(-1)?.params?.requestId).toBe('r3');
  ask('Fetch.fulfillRequest', { requestId: 'r3', responseCode: 200 }, 's');
  expect(sent.at(-1)).toMatchObject({ method: 'Fetch.fulfillRequest', params: { requestId: 'r3' } });
});

// Would catch: titles and addresses of a person's own pages in events, lists and histories.
test('of pages elsewhere it tells the kind only', () => {
  const { tell, at, heard, ask, answer, attached, says } = open();
  tell('Target.targetCreated', at('file', 'file:///home/ann/plan.html'));
  tell('Target.targetCreated', at('popup', 'about:blank', { openerId: 'file' }));
  expect(heard.map(({ params }) => params?.targetInfo)).toEqual([
    { targetId: 'file', url: 'file://', title: '' },
    { targetId: 'popup', url: 'about:blank', title: '', openerId: 'file' },
  ]);
  const entry = { id: 1, url: 'chrome://history/?q=x', userTypedURL: 'chrome://history/?q=x', title: 'x' };
  attached('s', 't', 'https://shop.test/');
  ask('Page.getNavigationHistory', {}, 's');
  answer({ currentIndex: 0, entries: [entry, { id: 2, url: 'https://shop.test/', title: 'Shop' }] });
  expect(heard.at(-1)?.result?.entries).toEqual([
    { id: 1, url: 'chrome://', userTypedURL: '', title: '' },
    { id: 2, url: 'https://shop.test/', title: 'Shop' },
  ]);
  const before = heard.length;
  says('s', 'Network.responseReceived', { requestId: '1', response: { url: 'file:///home/ann/plan.html' } });
  expect(heard.length).toBe(before);
  const registrations = [{ scopeURL: 'chrome-extension://abc/' }, { scopeURL: 'https://shop.test/' }];
  says('s', 'ServiceWorker.workerRegistrationUpdated', { registrations });
  expect(heard.at(-1)?.params).toEqual({ registrations: [{ scopeURL: 'https://shop.test/' }] });
});
