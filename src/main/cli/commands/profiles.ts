/** Commands that carry profiles from one computer to another. */
import { type Command, Option } from 'commander';
import { ARCHIVE_PARTS, type ArchivePart } from '../../../contract/automation/profile/archive.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { HostClient } from '../client.ts';
import type { CommandContext } from './context.ts';

const PASSPHRASE = 'file whose first line is the passphrase; - for standard input';

/** @throws AppError `bad-request` for a part that there is not */
function partsOf(text: string): ArchivePart[] {
  return text.split(',').map((name) => {
    const part = ARCHIVE_PARTS.find((one) => one === name.trim());
    if (part === undefined) throw new AppError('bad-request', `--include takes ${ARCHIVE_PARTS.join(', ')}.`);
    return part;
  });
}

/** Adds `profile export` and `profile import`, which need a running host. */
export function addProfiles(program: Command, { around, print, flags }: CommandContext): void {
  const profile = program.command('profile').description('profiles as sealed files');
  const withFiles = async <T>(
    work: (files: typeof import('../profile-files.ts'), client: HostClient) => Promise<T>,
  ) => {
    const { requireRemote } = await import('../surroundings.ts');
    const client = await requireRemote(around, flags());
    try {
      return await work(await import('../profile-files.ts'), client);
    } finally {
      await client.close();
    }
  };
  profile
    .command('export')
    .description('write a closed profile to a file, signed in')
    .argument('<profile>', 'name or id')
    .option('-o, --output <file>', 'the file to write')
    .option('--include <parts>', 'parts, separated by commas', ARCHIVE_PARTS.join(','))
    .option('--passphrase-file <file>', PASSPHRASE)
    .action(async (name: string, options: { output?: string; include: string; passphraseFile?: string }) => {
      const include = partsOf(options.include);
      const made = await withFiles(async (files, client) =>
        files.exportProfile(client, name, {
          ...{ output: options.output, include, passphrase: await files.readPassphrase(options.passphraseFile) },
        }),
      );
      print().result(made, () => `Wrote ${made.file}, ${made.bytes} bytes, SHA-256 ${made.sha256}`);
    });
  profile
    .command('import')
    .description('make a profile of such a file, and say what was lost')
    .argument('<file>')
    .addOption(
      new Option('--on-duplicate <what>', 'when there is a profile of the same name')
        .choices(['skip', 'rename', 'replace'])
        .default('rename'),
    )
    .option('--dry-run', 'verify the whole file and change nothing')
    .option('--passphrase-file <file>', PASSPHRASE)
    .action(
      async (
        file: string,
        options: { onDuplicate: 'skip' | 'rename' | 'replace'; dryRun?: true; passphraseFile?: string },
      ) => {
        const { onDuplicate: on_duplicate, dryRun: dry_run = false } = options;
        const found = await withFiles(async (files, client) =>
          files.importProfile(client, file, {
            ...{ on_duplicate, dry_run, passphrase: await files.readPassphrase(options.passphraseFile) },
          }),
        );
        const lines = found.report.map(({ item, status, reason }) => `${status.padEnd(8)}  ${item}: ${reason}`);
        const made = found.items.map(({ id, name }) => `Imported ${name} (${id})`);
        print().result(found, () => [...lines, ...made].join('\n'));
      },
    );
}
