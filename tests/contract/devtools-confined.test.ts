/** Ways from the pages of the web to those that are none, by whoever may only run tasks and has DevTools; with a real browser. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { ProfileId } from '../../src/contract/kernel/scalars.ts';
import { browserPath } from '../faults/support.ts';
import { createTestHost, type TestHost } from '../support/host.ts';

/** What a test asks of it, it looks at itself. */
type Answer = { [name: string]: unknown; refused?: string };
interface Event {
  method?: string;
  params: { [name: string]: unknown };
  sessionId?: string;
}

/** A client that sends what it is told to, as no library would. */
class Client {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #n = 0;
  readonly events: Event[] = [];
  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString());
      if (message.id === undefined) this.events.push(message);
      else this.#waiting.get(message.id)?.(message.result ?? { refused: message.error.message });
    });
  }
  send(method: string, params: object = {}, sessionId?: string): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(++this.#n, resolve);
    this.#socket.send(JSON.stringify({ id: this.#n, method, params, ...(sessionId && { sessionId }) }));
    return promise;
  }
  /** Attaches to a page, and asks for what happens in it. */
  async attach(targetId: string): Promise<string> {
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    await this.send('Page.enable', {}, String(sessionId));
    return String(sessionId);
  }
  async open(url: string): Promise<{ target: string; session: string }> {
    const { targetId } = await this.send('Target.createTarget', { url });
    return { target: String(targetId), session: await this.attach(String(targetId)) };
  }
  /** What an expression comes to, or the refusal. */
  async read(expression: string, sessionId: string): Promise<unknown> {
    const asked = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, refused } = await this.send('Runtime.evaluate', asked, sessionId);
    return refused ?? (result as { value?: unknown }).value;
  }
  /** Goes to an address and waits until the page is there. */
  async goto(url: string, sessionId: string): Promise<void> {
    await this.send('Page.navigate', { url }, sessionId);
    await expect.poll(() => this.read('document.readyState + location.href', sessionId)).toBe(`complete${url}`);
  }
  close(): void {
    this.#socket.close();
  }
}

describe.skipIf(browserPath === null)('a client that is held to pages of the web', () => {
  let subject: TestHost;
  let id: ProfileId;
  let site: http.Server;
  let web = '';
  let file = '';
  /** What pages have told the site. */
  let told: string[] = [];
  /** Who may write commands, as the operator's own programs, and who may only run them. */
  let operator: Client;
  let client: Client;

  async function connect(token: string): Promise<Client> {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${subject.url}/v1/profiles/${id}/connect`, { method: 'POST', headers });
    const { ws_url } = (await answer.json()) as { ws_url: string };
    const socket = new WebSocket(ws_url);
    const made = new Client(socket);
    await once(socket, 'open');
    return made;
  }
  beforeAll(async () => {
    subject = await createTestHost();
    const { call } = subject.host.client;
    site = http.createServer(async (request, response) => {
      if (request.method === 'POST') told.push(Buffer.concat(await request.toArray()).toString());
      if (request.url === '/program') response.setHeader('content-disposition', 'attachment; filename=program.desktop');
      response.setHeader('content-type', 'text/html').end('<title>site</title>');
    });
    await once(site.listen(0, '127.0.0.1'), 'listening');
    web = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    file = pathToFileURL(path.join(subject.dir, 'host.json')).href;
    id = (await call('profiles_create', { name: 'Anna' })).id;
    await call('profiles_start', { id, headless: true });
    operator = await connect(subject.token);
    const { key } = await call('keys_create', { name: 'driver', scopes: ['run'], areas: ['automation'] });
    client = await connect(key);
  }, 60_000);
  beforeEach(() => {
    told = [];
  });
  afterAll(async () => {
    operator?.close();
    client?.close();
    site?.closeAllConnections();
    site?.close();
    await subject?.[Symbol.asyncDispose]();
  });

  const addressOf = async (target: string) => {
    const { targetInfos } = await operator.send('Target.getTargets');
    return (targetInfos as { targetId: string; url: string }[]).find(({ targetId }) => targetId === target)?.url;
  };
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
    await expect.poll(() => addressOf(target)).toBe(file);
    const frames = `document.body.append(document.createElement('iframe')); [mine, frames[0].mine].map(String).join()`;
    expect(await operator.read(frames.replace('[mine', '[window.mine'), session)).toBe('undefined,undefined');
    expect(told.join()).not.toContain(subject.token);
    expect(told.length).toBeGreaterThan(0);
    expect(await client.read('1', mine)).toContain('not one of the web');
  });

  // Would catch: a window without an address that a page of the operator has opened, in which everything of that page can be read.
  test('what a page elsewhere has opened is elsewhere until it goes to the web itself', async () => {
    const { target, session } = await operator.open(file);
    const opened = (url: string) => operator.read(`void (window.w = open(${url}))`, session);
    const popups = async () => {
      const { targetInfos } = await operator.send('Target.getTargets');
      return (targetInfos as { targetId: string; openerId?: string }[]).filter(({ openerId }) => openerId === target);
    };
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
