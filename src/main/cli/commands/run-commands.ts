/** Commands that run something: the host, a file, or any operation. */
import type { Command } from 'commander';
import { parseBounded } from '../../../contract/kernel/bounds.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { HostFlags } from '../../core/config.ts';
import type { CommandContext } from './context.ts';

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    return parseBounded(text);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid-json', `The input is not JSON: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
}

const collect = (value: string, all: string[]) => [...all, value];

/** Adds `serve`. */
export function addServe(program: Command, { around, print, flags, exit }: CommandContext): void {
  program
    .command('serve')
    .description('run the host in this terminal: API, panel and task queue')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--port <number>', 'port to listen on (default 8080, 0 = any free one)')
    .option('--log-level <level>', 'debug, info, warn or error')
    .option('--model-cache <folder>', 'folder with models')
    .option('--replace-database', 'start with an empty database if the current one is damaged; the damaged one is kept')
    .action(async (options: HostFlags) => {
      const { serve } = await import('../serve.ts');
      exit(await serve(around, flags(options), print()));
    });
}

/** Adds `run`. */
export function addRun(program: Command, { print, exit, withClient }: CommandContext): void {
  program
    .command('run')
    .description('run a command file or a Playwright script and show its log; the exit code tells the outcome')
    .argument('<file>', 'examples/*.command.json, or a script (.mjs, .ts)')
    .option('-i, --input <key=value>', 'input of the task; repeat for more', collect, [])
    .option('-p, --profile <name>', 'profile to run with (name or id)')
    .option('--proxy <name>', 'proxy to go out by, in place of that of the profile (name or id)')
    .option('-t, --timeout <seconds>', 'time limit of one attempt')
    .option('--headed', 'show the browser window')
    .option('-a, --artifacts <folder>', 'copy screenshots, traces and downloads there')
    .action(async (file: string, options: { input: string[] }) => {
      const { runFile } = await import('../run.ts');
      exit(await withClient((client) => runFile(client, file, options, print())));
    });
}

/** Adds `call`. */
export function addCall(program: Command, { print, withClient }: CommandContext): void {
  program
    .command('call')
    .description('call any operation of the API, for example: tabagent call tasks.list \'{"limit":5}\'')
    .argument('<operation>', 'operation id; tabagent call routes lists them')
    .argument('[json]', 'input')
    .action(async (operation: string, json: string | undefined) => {
      const input = parseJson(json);
      await withClient(async (client) => {
        const abort = new AbortController();
        process.once('SIGINT', () => abort.abort());
        try {
          for await (const value of client.raw(operation, input, abort.signal)) print().item(value);
        } catch (error) {
          if (!abort.signal.aborted) throw error;
        }
      });
    });
}
