/** Commands about API keys. */
import type { Command } from 'commander';
import { table } from '../print.ts';
import type { CommandContext } from './context.ts';

/** Adds `keys create`, `keys list` and `keys revoke`. */
export function addKeys(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('API keys of other programs');
  addCreate(keys, context);
  addList(keys, context);
  keys
    .command('revoke')
    .description('revoke a key at once')
    .argument('<id>')
    .action(async (id: string) => {
      const revoked = await context.withClient((client) => client.call('keys_delete', { id: id as never }));
      context.print().result(revoked, () => `${id} is revoked.`);
    });
}

function addCreate(keys: Command, { print, withClient }: CommandContext): void {
  keys
    .command('create')
    .description('create a key; it is shown once')
    .argument('<name>', 'name of the key')
    .option('--scope <scope...>', 'read, run, manage or admin', ['run'])
    .option('--area <area...>', 'models, automation or host', ['models'])
    .option('--expires <date>', 'expiry date, for example 2027-01-31')
    .action(async (name: string, options: { scope: string[]; area: string[]; expires?: string }) => {
      const expires_at = options.expires === undefined ? null : new Date(options.expires).toISOString();
      // The host checks the words.
      const wanted = { name, scopes: options.scope as never, areas: options.area as never, expires_at };
      const key = await withClient((client) => client.call('keys_create', wanted));
      print().result(key, () => key.key);
      if (print().json) return;
      print().note(
        `${key.id}: scopes ${key.scopes.join(', ')}; areas ${key.areas.join(', ')}. The key is not shown again.`,
      );
    });
}

function addList(keys: Command, { print, withClient }: CommandContext): void {
  keys
    .command('list')
    .description('list keys')
    .action(async () => {
      const { items } = await withClient((client) => client.call('keys_list', { limit: 200 }));
      print().result(items, () =>
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
}
