/** The example commands that come with the product, read from `examples/`. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCommandFile } from '../../../contract/automation/command-file.ts';
import type { CommandCreate } from '../../../contract/automation/commands.ts';
import { DEMO_URL } from '../../../contract/automation/demo.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';

/** One example; `id` is the name of its file and stays the same for ever. */
export interface Example {
  id: string;
  command: CommandCreate;
}

const SUFFIX = '.command.json';

/**
 * The examples for this system: `name.<platform>.command.json` takes the place of `name.command.json` where it exists.
 * @throws AppError `validation-error` when a file is not a command
 */
export async function readExamples(folder: string, platform: NodeJS.Platform = process.platform): Promise<Example[]> {
  const names = (await readdir(folder))
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length));
  return names
    .filter((name) => !name.includes('.'))
    .sort()
    .map((id) => {
      const own = join(folder, `${id}.${platform}${SUFFIX}`);
      const file = existsSync(own) ? own : join(folder, id + SUFFIX);
      const readBeside = (name: string) => readFileSync(join(folder, name), 'utf8');
      const { command } = parseCommandFile({ file, text: readFileSync(file, 'utf8'), readBeside });
      return { id, command };
    });
}

/** Names of the defaults that are the shop's address. */
export function demoUrlMembers(defaults: JsonObject): string[] {
  return Object.keys(defaults).filter((name) => defaults[name] === DEMO_URL);
}
