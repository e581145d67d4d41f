/** `tabagent serve` in a process that throws where it is told to: each kind of callback that nothing of ours wraps. */
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import { Readable } from 'node:stream';
import { MessageChannel, Worker } from 'node:worker_threads';
import { createPrinter } from '../../src/main/cli/print.ts';
import { serve } from '../../src/main/cli/serve.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { ROOT } from '../support/core.ts';

const fail = (): never => {
  throw new Error(`planted, with ${process.env.PLANTED}`);
};

/** By name; those that reject leave the host as it was, those that throw end it. */
const PLANTS: Record<string, () => void> = {
  'rejected promise': () => void Promise.reject(new Error('planted')),
  'rejected later': () => void new Promise((resolve) => setTimeout(resolve, 5)).then(fail),
  timer: () => void setTimeout(fail, 1),
  immediate: () => void setImmediate(fail),
  microtask: () => queueMicrotask(fail),
  'event listener': () => {
    const emitter = new EventEmitter();
    emitter.on('x', fail);
    setImmediate(() => emitter.emit('x'));
  },
  'error event without a listener': () =>
    void setImmediate(() => new EventEmitter().emit('error', new Error('planted'))),
  stream: () => void Readable.from(['x']).on('data', fail),
  file: () => fs.readFile(import.meta.filename, fail),
  door: () =>
    void http.createServer(fail).listen(0, '127.0.0.1', function (this: http.Server) {
      http.get({ port: (this.address() as { port: number }).port, host: '127.0.0.1' }).on('error', () => undefined);
    }),
  'message port': () => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', fail);
    port2.postMessage('x');
  },
  'a message that throws': () =>
    void setImmediate(() => {
      throw Object.defineProperty(new Error('x'), 'message', { get: fail });
    }),
  'a proxy that throws': () =>
    void setImmediate(() => {
      throw new Proxy({}, { get: fail, getPrototypeOf: fail, ownKeys: fail });
    }),
  'an object without prototype': () =>
    void setImmediate(() => {
      throw Object.create(null);
    }),
  'an endless chain of causes': () =>
    void setImmediate(() => {
      let error = new Error('planted');
      for (let n = 0; n < 50_000; n++) error = new Error('planted', { cause: error });
      throw error;
    }),
  'worker thread': () => void new Worker('throw new Error("planted")', { eval: true }),
};

process.on('message', (name: string) => PLANTS[name]?.());
const env = { ...process.env, TABAGENT_KEYRING: 'off' };
const platform = createNodePlatform({ appRoot: ROOT });
process.exitCode = await serve(
  { platform, env } as never,
  { port: '0', dataDir: process.env.DIR },
  createPrinter(false),
);
process.disconnect?.();
