/** Worker thread: copies the database with a connection of its own, so that the host goes on answering. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { z } from 'zod';
import { openConnection } from '../../core/db/index.ts';
import { answerInThread } from '../../core/process/thread.ts';

await answerInThread(z.object({ source: z.string(), target: z.string() }), async ({ source, target }) => {
  const db = openConnection(source);
  try {
    db.prepare('VACUUM INTO ?').run(target);
  } finally {
    db.close();
  }
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(target)) hash.update(chunk as Buffer);
  return { bytes: fs.statSync(target).size, sha256: hash.digest('hex') };
});
