import type { Command } from '../../../../contract/automation/commands.ts';

/** The commands by folder, as the screen shows them: those without one come last. */
export const foldersOf = <C extends Pick<Command, 'folder'>>(
  commands: readonly C[],
): [folder: string, commands: C[]][] =>
  [...Map.groupBy(commands, ({ folder }) => folder ?? '')].sort(([a], [b]) =>
    a === '' ? 1 : b === '' ? -1 : a.localeCompare(b),
  );
