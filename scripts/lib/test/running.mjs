/**
 * Which test files are being run, for how long, and at which test: what a run that hangs would not tell.
 * A loop that never yields is beyond the runner's own time-outs.
 */
export class Running {
  /** @type {Map<string, { since: number; tests: Set<string> }>} */
  #files = new Map();
  /** @type {number} */
  #limitMs;

  /** @param {number} limitMs how long one file may take */
  constructor(limitMs) {
    this.#limitMs = limitMs;
  }

  /** @param {string} file @param {number} now milliseconds on a monotonic clock */
  start(file, now) {
    this.#files.set(file, { since: now, tests: new Set() });
  }

  /** @param {string} file @param {string} test */
  testStarts(file, test) {
    this.#files.get(file)?.tests.add(test);
  }

  /** @param {string} file @param {string} test */
  testEnds(file, test) {
    this.#files.get(file)?.tests.delete(test);
  }

  /** @param {string} file */
  end(file) {
    this.#files.delete(file);
  }

  /**
   * @param {number} now
   * @returns {string[]} a sentence for each file over its time
   */
  overdue(now) {
    return [...this.#files]
      .filter(([, { since }]) => now - since > this.#limitMs)
      .map(([file, { since, tests }]) => {
        const at =
          tests.size > 0
            ? `in ${[...tests].map((test) => `"${test}"`).join(', ')}`
            : 'outside its tests or in one that never yields';
        return `${file}: still running after ${Math.round((now - since) / 60_000)} min, ${at}`;
      });
  }
}
