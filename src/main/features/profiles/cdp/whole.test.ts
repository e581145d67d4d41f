/** What a client that is held to pages of the web may ask of the browser as a whole, and when it hears of requests; the browser is played. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createChannel, type Trunk } from './channel.ts';
import { confined } from './confined.ts';
import type { Command, Message } from './messages.ts';
import { createTargets } from './targets.ts';

/** A channel; `answers` are those to what was sent, in its order. */
function open(earlier?: { has(targetId: string): boolean }) {
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
  const deliver = (message: Message) => heard.push(message);
  const channel = createChannel(trunk, 'root', { deliver, isConfined: true, ...(earlier && { earlier }) });
  for (const answer of answers) answer({ result: {} });
  const says = (sessionId: string, method: string, params: object) =>
    trunk.routes.get(sessionId)?.event({ method, params: params as Message['params'], sessionId });
  const attached = (sessionId: string, targetInfo: object) =>
    says('root', 'Target.attachedToTarget', { sessionId, targetInfo: { title: '', url: '', ...targetInfo } });
  return { sent, answers, heard, channel, says, attached };
}
const refusalOf = (heard: readonly Message[]) => heard.at(-1)?.error?.message;
const script = { requestId: 'r', resourceType: 'Script', request: { url: 'https://cdn.test/a.js' } };

describe('of the browser as a whole', () => {
  // Would catch: a domain that reaches all pages at once, in this Chromium or in the next.
  test('only what concerns its windows and cookies is asked', () => {
    for (const domain of ['Fetch', 'Network', 'Security', 'IO', 'Memory', 'Input', 'Page', 'Runtime', 'Tracing'])
      expect(confined({ method: `${domain}.enable` }, true), domain).toContain('beyond');
    for (const method of ['Target.getTargets', 'Storage.getCookies', 'Browser.getVersion'])
      expect(confined({ method }, true), method).toEqual({ method });
    expect(confined({ method: 'Network.enable' })).toEqual({ method: 'Network.enable' });
  });

  // Would catch: a second session with the browser, for which the rule of the first does not count.
  test('a session more makes no difference', () => {
    const { attached, channel, heard, sent } = open();
    attached('whole', { targetId: 'b', type: 'browser' });
    attached('page', { targetId: 'p', type: 'page', url: 'https://shop.test/' });
    channel.send({ id: 1, method: 'Fetch.enable', sessionId: 'whole' });
    expect(refusalOf(heard)).toContain('beyond');
    channel.send({ id: 2, method: 'Fetch.enable' });
    expect(refusalOf(heard)).toContain('beyond');
    channel.send({ id: 3, method: 'Fetch.enable', sessionId: 'page' });
    expect(sent.at(-1)).toMatchObject({ method: 'Fetch.enable', sessionId: 'page' });
  });
});

describe('a page without an address', () => {
  // Would catch: a client that comes after the page which gave a window its rights has gone.
  test('is what it was before the client came', () => {
    const { attached, channel, heard, says } = open({ has: (id) => id === 'left' });
    attached('s', { targetId: 'left', url: 'about:blank', type: 'page' });
    channel.send({ id: 1, method: 'Runtime.evaluate', sessionId: 's' });
    expect(refusalOf(heard)).toContain('not one of the web');
    const targetInfo = { targetId: 'left', url: 'https://shop.test/', title: '' };
    says('root', 'Target.targetInfoChanged', { targetInfo });
    channel.send({ id: 2, method: 'Runtime.evaluate', sessionId: 's' });
    expect(heard.at(-1)).not.toHaveProperty('error');
  });

  test('that a file has become stays one of a file, whoever looks at it later', () => {
    const since = createTargets();
    const told = (url: string) =>
      since.note({ method: 'Target.targetInfoChanged', params: { targetInfo: { targetId: 't', url } } });
    told('file:///x');
    told('about:blank');
    expect(createTargets(since).has('t')).toBe(false);
    const later = createTargets(since);
    const targetInfo = { targetId: 't', url: 'about:blank' };
    later.note({ method: 'Target.targetCreated', params: { targetInfo } });
    expect(later.has('t')).toBe(true);
    told('https://shop.test/');
    expect(since.has('t')).toBe(false);
  });
});

// Would catch: a frame with a process of its own that goes to an extension, of which only the browser told.
test('a frame with a process of its own says itself where it is', () => {
  const { attached, says, channel, heard } = open();
  attached('f', { targetId: 'frame', url: 'https://ads.test/', type: 'iframe' });
  const moved = (id: string, url: string) => says('f', 'Page.frameNavigated', { frame: { id, url, parentId: 'page' } });
  moved('inside', 'chrome-extension://abc/x.html');
  channel.send({ id: 1, method: 'Runtime.evaluate', sessionId: 'f' });
  expect(heard.at(-1)).not.toHaveProperty('error');
  moved('frame', 'chrome-extension://abc/x.html');
  channel.send({ id: 2, method: 'Runtime.evaluate', sessionId: 'f' });
  expect(refusalOf(heard)).toContain('not one of the web');
});

describe('a request that is held up', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  // Would catch: the script of a file, written by who hears of the request before the page has said where it is.
  test('is told when its page has said where it is', () => {
    const { attached, says, heard, sent, answers } = open();
    attached('s', { targetId: 't', url: 'https://shop.test/', type: 'page' });
    const before = heard.length;
    says('s', 'Fetch.requestPaused', script);
    expect(heard.length).toBe(before);
    expect(sent.at(-1)).toEqual({ method: 'Page.getFrameTree', sessionId: 's' });
    says('s', 'Page.frameNavigated', { frame: { id: 't', url: 'file:///x' } });
    answers.at(-1)?.({ result: {} });
    expect(heard.length).toBe(before);
    expect(sent.at(-1)).toMatchObject({ method: 'Fetch.continueRequest', params: { requestId: 'r' } });
  });

  // Would catch: a page that waits for ever, because a script of it waits for the request and it says nothing.
  test('of a page of the web is told once, at its answer or after a second', () => {
    const { attached, says, heard, answers } = open();
    attached('s', { targetId: 't', url: 'https://shop.test/', type: 'page' });
    const told = () => heard.filter(({ method }) => method === 'Fetch.requestPaused').length;
    says('s', 'Fetch.requestPaused', script);
    answers.at(-1)?.({ result: {} });
    vi.advanceTimersByTime(5000);
    expect(told()).toBe(1);
    says('s', 'Fetch.authRequired', { ...script, requestId: 'q' });
    says('s', 'Fetch.requestPaused', { ...script, requestId: 'q' });
    vi.advanceTimersByTime(999);
    expect(told()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(told()).toBe(2);
  });

  test('is not told to a client that has gone', () => {
    const { attached, says, heard, channel } = open();
    attached('s', { targetId: 't', url: 'https://shop.test/', type: 'page' });
    says('s', 'Fetch.requestPaused', script);
    const before = heard.length;
    channel.close();
    vi.advanceTimersByTime(1000);
    expect(heard.length).toBe(before);
  });
});
