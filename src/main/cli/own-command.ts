/** The command line that runs this very installation again, from any folder and without anything on PATH. */
import path from 'node:path';

/** A word of a command line, quoted where a shell would take it apart. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,\\-]+$/.test(word)
    ? word
    : process.platform === 'win32'
      ? `"${word}"`
      : `'${word.replaceAll("'", "'\\''")}'`;

/**
 * @param args what follows the program
 * @param dataDir data folder of this host; named where it is not the usual one
 */
export function ownCommand(
  args: readonly string[],
  dataDir: string,
  usualDataDir: string,
  argv: readonly string[] = process.argv,
): string {
  const [node = 'node', script = ''] = argv;
  // Started by its name, it was found on PATH.
  const program = path.basename(script) === 'tabagent' ? ['tabagent'] : [node, script];
  const folder = path.resolve(dataDir) === path.resolve(usualDataDir) ? [] : ['--data-dir', path.resolve(dataDir)];
  return [...program, ...args, ...folder].map(quoted).join(' ');
}
