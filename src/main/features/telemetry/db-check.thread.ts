/** Worker thread: reads the whole database to find damage, which takes seconds when it is large. */
import { z } from 'zod';
import { openConnection } from '../../core/db/index.ts';
import { answerInThread } from '../../core/process/thread.ts';

await answerInThread(z.object({ path: z.string() }), ({ path }) => {
  const db = openConnection(path, { readonly: true });
  try {
    return { result: db.pragma('quick_check(1)', { simple: true }) };
  } finally {
    db.close();
  }
});
