import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'vite';
import { copyAssets } from './build/assets.mjs';
import { watchBundle } from './build/bundle.mjs';
import { staleZones } from './build/zones.mjs';
import { cliFile } from './launch.mjs';
import { root } from './paths.mjs';
import { childEnv, exitStatus, onParentGone } from './process.mjs';
import { say } from './progress.mjs';

/**
 * Rewrites the panel's address in what the host prints: during development the panel comes from Vite.
 * @param {string} text
 * @param {string} panel origin of Vite's server
 */
export function pointToVite(text, panel) {
  return text.replaceAll(/http:\/\/[^\s/]+(?=\/panel\/)/g, panel);
}

/**
 * Where the host will listen.
 * @param {readonly string[]} args of `tabagent serve`
 * @param {NodeJS.ProcessEnv} env
 */
export function hostOrigin(args, env) {
  /** @param {string} flag */
  const value = (flag) => {
    const at = args.indexOf(flag);
    return at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
  };
  return `http://127.0.0.1:${value('--port') ?? env.TABAGENT_PORT ?? '8080'}`;
}

/**
 * The arguments with `--port 0` replaced by a port that is free now: the proxy has to know it before the host does.
 * @param {readonly string[]} args
 * @returns {Promise<string[]>}
 */
async function withPort(args) {
  if (new URL(hostOrigin(args, process.env)).port !== '0') return [...args];
  const probe = createNetServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, 'close');
  return [...args.filter((arg, at) => !/^--port(=|$)/.test(arg) && args[at - 1] !== '--port'), '--port', String(port)];
}

/**
 * The host's process: started again whenever a bundle changes, one at a time.
 * @param {string} panel origin of Vite's server
 * @param {readonly string[]} args
 */
function createHostProcess(panel, args) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  let again = false;
  let closing = false;

  const start = () => {
    // Source maps cost a tenth of a second at start-up, which only a developer is glad to pay.
    const started = spawn(process.execPath, ['--enable-source-maps', cliFile, 'serve', ...args], {
      cwd: root,
      env: childEnv(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    started.stdout.setEncoding('utf8').on('data', (text) => process.stdout.write(pointToVite(text, panel)));
    started.once('exit', (code, signal) => {
      child = undefined;
      if (again && !closing) start();
      else if (!closing)
        say(`The host ended with exit code ${exitStatus(code, signal)}; it starts again on the next change.`);
      again = false;
    });
  };

  return {
    restart() {
      if (!child) return start();
      again = true;
      child.kill('SIGTERM');
    },
    /** @returns {Promise<void>} */
    close() {
      closing = true;
      return new Promise((resolve) => {
        if (!child) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      });
    },
  };
}

/**
 * Serves the panel with hot reload and the host with restart on change, until SIGINT or SIGTERM.
 * @param {readonly string[]} given arguments for `tabagent serve`
 */
export async function develop(given) {
  const args = await withPort(given);
  if (staleZones(['assets']).length > 0) await copyAssets();
  const target = hostOrigin(args, process.env);
  const vite = await createServer({
    configFile: join(root, 'vite.config.ts'),
    clearScreen: false,
    server: {
      host: '127.0.0.1',
      // Everything but the panel belongs to the host. It admits only its own origin, so the proxy speaks as that.
      proxy: {
        '^/(?!panel/)': { target, changeOrigin: true, ws: true, headers: { origin: target } },
      },
    },
  });
  await vite.listen();
  const panel = vite.resolvedUrls?.local[0] ? new URL(vite.resolvedUrls.local[0]).origin : 'http://127.0.0.1:5173';
  const host = createHostProcess(panel, args);

  const waiting = new Set(['main', 'workers', 'playwright-test', 'preload']);
  const stops = await Promise.all(
    /** @type {const} */ (['main', 'workers', 'playwright-test', 'preload']).map((zone) =>
      watchBundle(zone, (failure) => {
        waiting.delete(zone);
        if (failure) return say(`✗ ${zone}\n${failure}`);
        // A running task keeps its worker, and the preload script is read by the next window: only the host restarts.
        if (waiting.size === 0) host.restart();
      }),
    ),
  );

  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    onParentGone(() => resolve(undefined));
  });
  await Promise.all([host.close(), vite.close(), ...stops.map((stop) => stop())]);
}
