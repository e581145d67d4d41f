/** The commands and options of `tabagent`. */
import { Command, CommanderError } from 'commander';
import { AppError } from '../../contract/kernel/errors.ts';
import type { HostFlags } from '../core/config.ts';
import { EXIT } from './exit-codes.ts';
import { createPrinter, type Printer, table } from './print.ts';
import { type Surroundings, withClient } from './surroundings.ts';

/** Options that every command understands. */
interface GlobalOptions {
  json?: boolean;
  dataDir?: string;
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid-json', `The input is not JSON: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
}

const collect = (value: string, all: string[]) => [...all, value];

/**
 * Runs one command line.
 * @param argv arguments without the program
 * @returns the exit code
 */
export async function runProgram(argv: readonly string[], around: Surroundings): Promise<number> {
  let exit: number = EXIT.ok;
  let print: Printer = createPrinter(argv.includes('--json'));
  const program = new Command('tabagent')
    .description('TabAgent: browser automation and a local AI server on this computer.')
    .version(around.platform.versions.app)
    .option('--data-dir <folder>', 'folder that holds everything TabAgent stores')
    .option('--json', 'answer in JSON, for programs')
    .exitOverride()
    .showHelpAfterError('(tabagent --help shows what there is)');

  const globals = () => program.opts<GlobalOptions>();
  const flags = (more: HostFlags = {}): HostFlags => ({ ...more, dataDir: globals().dataDir });

  program
    .command('serve')
    .description('run the host in this terminal: API, panel and task queue')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--port <number>', 'port to listen on (default 8080, 0 = any free one)')
    .option('--log-level <level>', 'debug, info, warn or error')
    .action(async (options: HostFlags) => {
      const { serve } = await import('./serve.ts');
      exit = await serve(around, flags(options), print);
    });

  program
    .command('run')
    .description('run a command file or a Playwright script and show its log; the exit code is the outcome')
    .argument('<file>', 'examples/*.command.json, or a script (.mjs, .ts)')
    .option('-i, --input <key=value>', 'input of the task; repeat for more', collect, [])
    .option('-p, --profile <name>', 'profile to run with (name or id)')
    .option('-t, --timeout <seconds>', 'time limit of one attempt')
    .option('--headed', 'show the browser window')
    .option('-a, --artifacts <folder>', 'copy screenshots, traces and downloads there')
    .action(async (file: string, options: { input: string[] }) => {
      const { runFile } = await import('./run.ts');
      exit = await withClient(around, flags(), print, (client) => runFile(client, file, options, print));
    });

  program
    .command('call')
    .description('call any operation of the API, for example: tabagent call tasks.list \'{"limit":5}\'')
    .argument('<operation>', 'operation id; tabagent call routes lists them')
    .argument('[json]', 'input')
    .action(async (operation: string, json: string | undefined) => {
      const input = parseJson(json);
      await withClient(around, flags(), print, async (client) => {
        const abort = new AbortController();
        process.once('SIGINT', () => abort.abort());
        try {
          for await (const value of client.raw(operation, input, abort.signal)) print.item(value);
        } catch (error) {
          if (!abort.signal.aborted) throw error;
        }
      });
    });

  const keys = program.command('keys').description('API keys of other programs');
  keys
    .command('create')
    .description('make a key; it is shown once')
    .argument('<name>', 'what the key is for')
    .option('--scope <scope...>', 'read, run, manage or admin', ['run'])
    .option('--area <area...>', 'models, automation or host', ['models'])
    .option('--expires <date>', 'when it ends, for example 2027-01-31')
    .action(async (name: string, options: { scope: string[]; area: string[]; expires?: string }) => {
      await withClient(around, flags(), print, async (client) => {
        const expires_at = options.expires === undefined ? null : new Date(options.expires).toISOString();
        const key = await client.call('keys_create', {
          name,
          scopes: options.scope as never,
          areas: options.area as never,
          expires_at,
        });
        print.result(key, () => key.key);
        if (!print.json)
          print.note(
            `${key.id}: scopes ${key.scopes.join(', ')}; areas ${key.areas.join(', ')}. The key is not shown again.`,
          );
      });
    });
  keys
    .command('list')
    .description('list keys')
    .action(async () => {
      await withClient(around, flags(), print, async (client) => {
        const { items } = await client.call('keys_list', { limit: 200 });
        print.result(items, () =>
          table([
            ['ID', 'NAME', 'KEY', 'SCOPES', 'AREAS', 'LAST USED'],
            ...items.map((k) => [
              k.id,
              k.name,
              `${k.prefix}…`,
              k.scopes.join(','),
              k.areas.join(','),
              k.last_used_at ?? 'never',
            ]),
          ]),
        );
      });
    });
  keys
    .command('revoke')
    .description('revoke a key at once')
    .argument('<id>')
    .action(async (id: string) => {
      await withClient(around, flags(), print, async (client) => {
        const gone = await client.call('keys_delete', { id: id as never });
        print.result(gone, () => `${id} is revoked.`);
      });
    });

  program
    .command('panel-link')
    .description('make a one-time link that opens the panel of the running host')
    .action(async () => {
      const { requireRemote } = await import('./surroundings.ts');
      const client = await requireRemote(around, flags());
      try {
        const link = await client.call('auth_link_create', {});
        print.result(link, () => link.url);
      } finally {
        await client.close();
      }
    });

  program
    .command('doctor')
    .description('check browser, port, database, secrets store, disk and graphics, and say what to do')
    .action(async () => {
      await withClient(around, flags(), print, async (client) => {
        const { checks } = await client.call('host_diagnose', {});
        const mark = { ok: '✓', warning: '!', error: '✗' } as const;
        print.result(checks, () =>
          checks
            .map((c) => `${mark[c.status]} ${c.title}: ${c.detail}${c.advice === null ? '' : `\n    ${c.advice}`}`)
            .join('\n'),
        );
        if (checks.some((c) => c.status === 'error')) exit = EXIT.failed;
      });
    });

  program.hook('preAction', () => {
    print = createPrinter(globals().json === true);
  });

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    print.failure(error);
    const slug = error instanceof AppError ? error.slug : '';
    return slug === 'bad-request' || slug === 'invalid-json' || slug === 'validation-error' ? EXIT.usage : EXIT.failed;
  }
  return exit;
}
