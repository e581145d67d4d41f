import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../paths.mjs';

const DAY = 86_400_000;
const file = join(cacheDir, 'failures.json');

/** @typedef {Record<string, { at: number; reason: string }>} Failures */

/** @returns {Failures} */
function load() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** @param {Failures} failures */
function save(failures) {
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(file, `${JSON.stringify(failures, null, 2)}\n`);
}

/**
 * The reason of a failure that is younger than a day. What failed an hour ago would most likely fail again, and
 * trying costs the person seconds at every start.
 * @param {Failures} failures
 * @param {string} key what was tried
 * @param {number} now epoch milliseconds
 */
export function stillFailing(failures, key, now) {
  const entry = failures[key];
  // A time in the future means that the clock was set back: try again.
  return entry && entry.at <= now && now - entry.at < DAY ? entry.reason : undefined;
}

/** @param {string} key */
export function recall(key) {
  return stillFailing(load(), key, Date.now());
}

/**
 * @param {string} key
 * @param {string} reason one line
 */
export function rememberFailure(key, reason) {
  save({ ...load(), [key]: { at: Date.now(), reason } });
}

/** @param {string} key */
export function forgetFailure(key) {
  const { [key]: gone, ...rest } = load();
  if (gone) save(rest);
}
