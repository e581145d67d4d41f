import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { memoryLog, ROOT } from '../../../../../tests/support/core.ts';
import { RUN_ID_ENV } from '../../../../contract/automation/executor.ts';
import { createNodePlatform } from '../../../platform/node.ts';
import { systemClock } from '../../clock.ts';
import { startWorkerProcess } from './process.ts';

const From = z.object({ t: z.enum(['ready', 'answer']), body: z.string().optional() });

// Would catch: an error of the host's own code that leaves the channel as an uncaught exception and ends the host.
test('a handler that throws at one message is called for the next one, and the error is logged', async () => {
  const log = memoryLog();
  const heard: (string | undefined)[] = [];
  const runId = 'feedfacefeedfacefeedfacefeedface';
  const ready = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const worker = startWorkerProcess(
    { platform: createNodePlatform({ appRoot: ROOT }), clock: systemClock, log },
    {
      module: path.join(ROOT, 'tests/fixtures/workers/obedient.mjs'),
      name: 'obedient',
      env: { [RUN_ID_ENV]: runId },
      runId,
      to: z.json(),
      from: From,
      readyMs: 20_000,
      onReady: ready.resolve,
      onMessage({ body }) {
        heard.push(body);
        if (heard.length === 1) throw new Error('first');
        second.resolve();
      },
    },
  );
  await ready.promise;
  worker.send({ t: 'request', id: 1, body: 'twice' });
  await second.promise;
  expect(heard).toEqual(['first', 'second']);
  expect(log.lines).toEqual(['error workers a message of a worker could not be handled']);
  worker.stop({ t: 'stop' }, 0);
  expect(await worker.exited).toMatchObject({ ready: true });
  // The pid may belong to another process now: none of these may signal it.
  worker.kill();
  worker.stop({ t: 'stop' }, 0);
  worker.send({ t: 'request', id: 2, body: 'late' });
  expect(await worker.reap(5000)).toBe(0);
});
