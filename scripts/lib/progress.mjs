const started = performance.now();

/**
 * Milliseconds as a person reads them.
 * @param {number} ms
 */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/**
 * One line about what is going on. It goes to stderr, so that stdout belongs to the program that is started.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs one step of the set-up between a line that names it and a line that tells how long it took.
 * @template T
 * @param {string} name short, for example `dependencies`
 * @param {string} detail what is being done
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function step(name, detail, work) {
  const label = name.padEnd(13);
  say(`  … ${label} ${detail}`);
  const begin = performance.now();
  try {
    const result = await work();
    say(`  ✓ ${label} ${duration(performance.now() - begin)}`);
    return result;
  } catch (error) {
    say(`  ✗ ${label} failed after ${duration(performance.now() - begin)}`);
    throw error;
  }
}

/** Milliseconds since the launcher began. */
export function elapsed() {
  return performance.now() - started;
}

/** A failure that is told in plain words, without a stack. */
export class SetupError extends Error {
  /**
   * @param {string} message what went wrong
   * @param {string} [advice] what to do about it
   */
  constructor(message, advice) {
    super(message);
    this.name = 'SetupError';
    this.advice = advice;
  }
}

/**
 * Runs a launcher's main function; a failure ends in plain words and exit code 1.
 * @param {() => Promise<number | undefined | void>} main answers the exit code
 */
export async function entry(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (error instanceof SetupError) {
      say(`\n${error.message}${error.advice ? `\n→ ${error.advice}` : ''}`);
    } else {
      say(`\n${error instanceof Error ? error.stack : String(error)}`);
    }
    process.exitCode = 1;
  }
}
