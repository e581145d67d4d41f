/** Clients of DevTools that send what they are told to, on the browser of a profile that a real host has opened, and a site beside it. */
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import WebSocket from 'ws';
import { createTestHost, type TestHost } from './host.ts';

/** What a test asks of it, it looks at itself. */
export type Answer = { [name: string]: unknown; refused?: string };
export interface DevtoolsEvent {
  method?: string;
  params: { [name: string]: unknown };
  sessionId?: string;
}

/** A client that sends what it is told to, as no library would. */
export class DevtoolsClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #n = 0;
  readonly events: DevtoolsEvent[] = [];
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
    const session = await this.attach(String(targetId));
    // Where it goes before it is there takes the place of this address in its history.
    const isThere = async () =>
      /^(?:completetrue|.*not one of the web.*)$/.test(
        String(await this.read(`document.readyState + (location.href !== 'about:blank')`, session)),
      );
    if (url !== 'about:blank') await expect.poll(isThere, { timeout: 10_000 }).toBe(true);
    return { target: String(targetId), session };
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
    await expect
      .poll(() => this.read('document.readyState + location.href', sessionId), { timeout: 10_000 })
      .toBe(`complete${url}`);
  }
  close(): void {
    this.#socket.close();
  }
}

/** What the tests of one file share. */
export interface DevtoolsSubject extends AsyncDisposable {
  readonly host: TestHost;
  /** Address of the site, with a slash at its end. */
  readonly web: string;
  /** What pages have told the site. */
  readonly told: string[];
  /** Who may write commands, as the operator's own programs. */
  readonly operator: DevtoolsClient;
  /** Who may only run them. */
  readonly client: DevtoolsClient;
  /** Another of those. */
  another(): Promise<DevtoolsClient>;
  /** Where a page is, as the operator sees it. */
  addressOf(target: string): Promise<string | undefined>;
  /** All pages, as the operator sees them. */
  pages(): Promise<{ targetId: string; url: string; openerId?: string; openerFrameId?: string }[]>;
  /** Writes a page as a file of this computer. @returns its address */
  file(name: string, html: string): string;
}

/** Opens a browser by a host of its own, and clients with both kinds of rights. */
export async function openDevtools(): Promise<DevtoolsSubject> {
  const subject = await createTestHost();
  const { call } = subject.host.client;
  const told: string[] = [];
  const site = http.createServer(async (request, response) => {
    if (request.method === 'POST') told.push(Buffer.concat(await request.toArray()).toString());
    if (request.url === '/program') response.setHeader('content-disposition', 'attachment; filename=program.desktop');
    if (request.url === '/own.js') response.setHeader('content-type', 'text/javascript').end('window.own = 1');
    else response.setHeader('content-type', 'text/html').end('<title>site</title>');
  });
  await once(site.listen(0, '127.0.0.1'), 'listening');
  const { id } = await call('profiles_create', { name: 'Anna' });
  await call('profiles_start', { id, headless: true });
  async function connect(token: string): Promise<DevtoolsClient> {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${subject.url}/v1/profiles/${id}/connect`, { method: 'POST', headers });
    const { ws_url } = (await answer.json()) as { ws_url: string };
    const socket = new WebSocket(ws_url);
    const made = new DevtoolsClient(socket);
    await once(socket, 'open');
    return made;
  }
  const operator = await connect(subject.token);
  const { key } = await call('keys_create', { name: 'driver', scopes: ['run'], areas: ['automation'] });
  const another = () => connect(key);
  const client = await another();
  async function pages() {
    const { targetInfos } = await operator.send('Target.getTargets');
    return targetInfos as Awaited<ReturnType<DevtoolsSubject['pages']>>;
  }
  return {
    ...{ host: subject, told, operator, client, another, pages },
    web: `http://127.0.0.1:${(site.address() as AddressInfo).port}/`,
    addressOf: async (target) => (await pages()).find(({ targetId }) => targetId === target)?.url,
    file(name, html) {
      const file = path.join(subject.dir, name);
      fs.writeFileSync(file, html);
      return pathToFileURL(file).href;
    },
    async [Symbol.asyncDispose]() {
      operator.close();
      client.close();
      site.closeAllConnections();
      site.close();
      await subject[Symbol.asyncDispose]();
    },
  };
}
