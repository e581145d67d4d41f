/**
 * `node --import` of the desktop tests: makes `electron` mean the stand-in, installs the recorder, and lets the specs
 * evaluate functions in this process as Playwright lets them in Electron.
 */
import { createRequire, registerHooks } from 'node:module';
import { runInThisContext } from 'node:vm';

const url = new URL('./electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url, format: 'module-typescript', shortCircuit: true } : next(specifier, context),
});

const require = createRequire(import.meta.url);
const { version } = require('../../../node_modules/electron/package.json') as { version: string };
Object.defineProperty(process.versions, 'electron', { value: version, configurable: true });

const electron = await import('./electron.ts');
const { chromium } = await import('./browser.ts');
(require('../recorder.cjs') as { install(module: typeof electron): void }).install(electron);

/** What the specs ask for. */
export interface ControlRequest {
  id: number;
  /** Source of a function of `electron` and `arg`; `endpoint` asks for the address of Chromium instead. */
  source: string;
  arg: unknown;
}

// Electron's main process has no channel to a parent.
const send = process.send?.bind(process);
Object.defineProperty(process, 'send', { value: undefined });

async function evaluate({ source, arg }: ControlRequest): Promise<unknown> {
  if (source === 'endpoint') return (await chromium()).wsEndpoint;
  const evaluated = runInThisContext(`(${source})`) as (module: typeof electron, arg: unknown) => unknown;
  return evaluated(electron, arg);
}

process.on('message', (request: ControlRequest) => {
  evaluate(request).then(
    (value) => send?.({ id: request.id, value }),
    (error: unknown) => send?.({ id: request.id, error: error instanceof Error ? error.stack : String(error) }),
  );
});
// The spec has gone, however that happened.
process.once('disconnect', () => electron.app.exit(1));
