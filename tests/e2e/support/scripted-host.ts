/** A host whose engine says what it is ordered to, in a process of its own: `node scripted-host.js <data folder> <port> <models folder>`, bundled by `programs.ts`. */
import path from 'node:path';
import { createHost } from '../../../src/main/host.ts';
import { createNodePlatform } from '../../../src/main/platform/node.ts';

const [, , dataDir = '', port = '0', models = ''] = process.argv;
const ROOT = path.join(import.meta.dirname, '../..');
const host = await createHost(
  createNodePlatform({ appRoot: ROOT }),
  {
    dataDir,
    overrides: { host: '127.0.0.1', port: Number(port), 'models.folder': models },
    http: true,
    contentPort: 0,
    browserArgs: [],
  },
  { engines: { llama: path.join(import.meta.dirname, 'scripted-engine.js') } },
);
const { panelLink } = await host.start();
process.stdout.write(`ready: ${panelLink()}\n`);
process.once('SIGTERM', () => void host.stop('test ended').then(() => process.exit()));
