/** Commands about the host itself: how to get into its panel, and whether it has what it needs. */
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { CommandContext } from './context.ts';

/** Adds `panel-link`. */
export function addPanelLink(program: Command, { around, print, flags }: CommandContext): void {
  program
    .command('panel-link')
    .description('create a one-time link that opens the panel of the running host')
    .action(async () => {
      const { requireRemote } = await import('../surroundings.ts');
      const client = await requireRemote(around, flags());
      try {
        const link = await client.call('auth_link_create', {});
        print().result(link, () => link.url);
      } finally {
        await client.close();
      }
    });
}

/** Adds `restore`. */
export function addRestore(program: Command, { around, print, flags }: CommandContext): void {
  program
    .command('restore')
    .description('restore the newest good backup, or a file; the current database is kept beside it')
    .option('--from <file>', 'the backup to restore')
    .action(async (options: { from?: string }) => {
      const { restore } = await import('../restore.ts');
      const { backup, madeAt, keptAs, refused, unanchored } = await restore(around, flags(), options.from);
      for (const { file, why } of refused) print().note(`not taken: ${file}: ${why}`);
      if (unanchored !== null)
        print().note(`the end of the audit is not anchored (${unanchored}); the next start says what is wrong with it`);
      const made_at = new Date(madeAt).toISOString();
      print().result(
        { backup, made_at, kept_as: keptAs },
        () =>
          `Restored ${backup} of ${made_at}.${keptAs === null ? '' : ` The database of before is kept as ${keptAs}.`}`,
      );
    });
}

/** Adds `doctor`. */
export function addDoctor(program: Command, { print, exit, withClient }: CommandContext): void {
  program
    .command('doctor')
    .description('check browser, port, database, secrets store, disk and graphics, with advice')
    .action(async () => {
      const { checks } = await withClient((client) => client.call('host_diagnose', {}));
      const mark = { ok: '✓', warning: '!', error: '✗' } as const;
      print().result(checks, () =>
        checks
          .map((c) => `${mark[c.status]} ${c.title}: ${c.detail}${c.advice === null ? '' : `\n    ${c.advice}`}`)
          .join('\n'),
      );
      if (checks.some((c) => c.status === 'error')) exit(EXIT.failed);
    });
}
