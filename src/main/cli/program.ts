/** The commands and options of `tabagent`. */
import { Command, CommanderError } from 'commander';
import { AppError } from '../../contract/kernel/errors.ts';
import type { CommandContext } from './commands/context.ts';
import { addDoctor, addPanelLink, addRestore } from './commands/host-commands.ts';
import { addKeys } from './commands/keys.ts';
import { addProfiles } from './commands/profiles.ts';
import { addCall, addRun, addServe } from './commands/run-commands.ts';
import { EXIT } from './exit-codes.ts';
import { createPrinter, type Printer } from './print.ts';
import { type Surroundings, withClient } from './surroundings.ts';

/** Options that every command understands. */
interface GlobalOptions {
  json?: boolean;
  dataDir?: string;
}

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
    .option('--data-dir <folder>', 'data folder of TabAgent')
    .option('--json', 'print JSON, for programs')
    .exitOverride()
    .showHelpAfterError('(see tabagent --help)');
  const globals = () => program.opts<GlobalOptions>();
  const context: CommandContext = {
    around,
    print: () => print,
    flags: (more = {}) => ({ ...more, dataDir: globals().dataDir }),
    exit: (code) => {
      exit = code;
    },
    withClient: (use) => withClient(around, context.flags(), print, use),
  };
  for (const add of [addServe, addRun, addCall, addProfiles, addKeys, addPanelLink, addDoctor, addRestore])
    add(program, context);
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
