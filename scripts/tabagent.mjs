// npm run tabagent -- <command>: the command line program, on the right Node and freshly built.
import './lib/setup/node-floor.mjs';
import { host } from './lib/launch.mjs';
import { entry } from './lib/progress.mjs';
import { buildStale, prepare } from './lib/setup/prepare.mjs';

await entry(async () => {
  const { node } = await prepare();
  await buildStale(node, ['main', 'workers', 'assets']);
  return host(node, process.argv.slice(2));
});
