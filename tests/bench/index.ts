/** Runs the benchmarks one after the other: all, or those named on the command line (`npm run bench -- doors`). */
import { bench as doors } from './doors.bench.ts';
import { bench as history } from './history.bench.ts';
import { bench as host } from './host.bench.ts';
import { bench as inference } from './inference.bench.ts';
import { bench as lists } from './lists.bench.ts';
import { bench as onnx } from './onnx.bench.ts';
import { bench as proxies } from './proxies.bench.ts';
import { bench as redaction } from './redaction.bench.ts';
import { bench as schedules } from './schedules.bench.ts';
import { bench as tasks } from './tasks.bench.ts';

const benches: Record<string, () => Promise<boolean>> = {
  ...{ host, doors, lists, redaction, tasks, history, schedules, proxies },
  ...{ inference, onnx },
};
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

const missed: string[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  if (!(await bench())) missed.push(name);
}
console.log(
  missed.length === 0
    ? '\nEvery bar was met.'
    : `\nBars missed in: ${missed.join(', ')}. Figures on a busy machine are upper bounds.`,
);
process.exitCode = missed.length === 0 ? 0 : 1;
