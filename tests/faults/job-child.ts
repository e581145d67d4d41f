/**
 * Jobs in a process of its own, for tests that kill it: `node job-child.ts <data dir> <steps> <hang>`. Starts a job, or goes on with the
 * one that is there, and hangs before step `hang`. Says on stdout which job it is, and when it hangs.
 */
import path from 'node:path';
import { openTestCore } from '../support/core.ts';
import { asked, openJobs, stepsKind } from '../support/jobs.ts';

const [dir = '', steps = '', hang = ''] = process.argv.slice(2);
const tell = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const core = openTestCore({}, dir);
const jobs = openJobs(core);
const kind = stepsKind(path.join(dir, 'steps.txt'), async (step) => {
  if (step !== Number(hang)) return;
  tell({ hangs: step });
  await new Promise(() => setInterval(() => undefined, 60_000));
});
const starter = jobs.service.register(kind);
await jobs.start();
tell({ job: starter.start({ ...asked, input: { steps: Number(steps) }, joinKey: 'one' }).job.id });
