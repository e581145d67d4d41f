/** Worker thread: copies the database with a connection of its own, so that the host goes on answering. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { openConnection } from '../../core/db/index.ts';

const Work = z.object({ source: z.string(), target: z.string() });

async function copy(): Promise<void> {
  const { source, target } = Work.parse(workerData);
  const db = openConnection(source);
  try {
    db.prepare('VACUUM INTO ?').run(target);
  } finally {
    db.close();
  }
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(target)) hash.update(chunk as Buffer);
  parentPort?.postMessage({ bytes: fs.statSync(target).size, sha256: hash.digest('hex') });
}

await copy();
