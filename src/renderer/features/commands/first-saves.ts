/**
 * Commands that were stored for the first time in this window. Their composer stays the same component when its address changes, so
 * that the focus, the caret and the chosen tabs stay too; what is typed goes on into the draft of the stored command.
 */
import { create } from 'zustand';
import type { CommandId } from '../../../contract/kernel/scalars.ts';

interface FirstSaves {
  /** Id of the stored command by the key that its draft had. */
  ids: Readonly<Record<string, CommandId>>;
}

export const useFirstSaves = create<FirstSaves>()(() => ({ ids: {} }));

export const noteFirstSave = (key: string, id: CommandId): void =>
  useFirstSaves.setState(({ ids }) => ({ ids: { ...ids, [key]: id } }));

/** The command that an address stands for, and the key of its composer. */
export function openedAs(ids: FirstSaves['ids'], address: string): { id: string; key: string } {
  const before = Object.keys(ids).find((key) => ids[key] === address);
  return { id: ids[address] ?? address, key: before ?? address };
}
