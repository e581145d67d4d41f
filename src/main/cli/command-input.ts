/** What `tabagent run` takes from files and from the command line. */
import fs from 'node:fs';
import path from 'node:path';
import { type CommandFile, parseCommandFile } from '../../contract/automation/command-file.ts';
import { AppError } from '../../contract/kernel/errors.ts';
import type { JsonObject } from '../../contract/kernel/scalars.ts';

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('bad-request', `${file} cannot be read; check the path.`, { cause });
  }
}

/** @throws AppError `bad-request` when the file cannot be read, or what {@link parseCommandFile} throws */
export function readCommandFile(file: string): CommandFile {
  const beside = (name: string) => read(path.resolve(path.dirname(file), name));
  return parseCommandFile({ file, text: read(file), readBeside: beside });
}

/** `--input key=value` pairs: values that are JSON are taken as such, others as text. */
export function parsePairs(pairs: readonly string[]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair): [string, JsonObject[string]] => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new AppError('bad-request', `--input ${pair}: write key=value`);
      const text = pair.slice(equals + 1);
      try {
        return [pair.slice(0, equals), JSON.parse(text)];
      } catch {
        return [pair.slice(0, equals), text];
      }
    }),
  );
}
