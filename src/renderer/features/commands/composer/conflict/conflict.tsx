/** Somebody else has saved what is edited here: the changes of both are merged, and where they overlap the person decides. */
import { Modal } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { Command } from '../../../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../../../contract/kernel/scalars.ts';
import { Button } from '../../../../ui/buttons.tsx';
import { Notice } from '../../../../ui/feedback/notice.tsx';
import layout from '../../../../ui/styles/layout.module.css';
import { storedOf } from '../../draft.ts';
import type { ComposerState } from '../use-composer.ts';
import { assemble, differencesOf } from './differences.ts';

// A conflict is rare, and what compares texts is large.
const Merge = lazy(() => import('./merge.tsx').then((module) => ({ default: module.Merge })));

/** The notice of a conflict, with the way to settle it; nothing without one. */
export function Conflict({ command, composer }: { command: Command | null; composer: ComposerState }) {
  const [opened, setOpened] = useState(false);
  const { conflicts, draft, entry, settle } = composer;
  if (command === null || conflicts.length === 0) return null;
  const mine = { ...draft } as unknown as JsonObject;
  const differences = differencesOf(conflicts, entry.base, mine, storedOf(command).members);
  return (
    <>
      <Notice tone="warn" square alert>
        <span className={layout.grow}>
          Version {command.version} was saved elsewhere and changes what you are editing. Nothing of yours is lost.
        </span>
        <Button small onClick={() => setOpened(true)}>
          Compare and merge
        </Button>
      </Notice>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Merge changes" size={860}>
        <Suspense fallback={null}>
          <Merge
            key={command.version}
            differences={differences}
            done={(chosen) => {
              settle(assemble(chosen, mine));
              setOpened(false);
              focusComposer();
            }}
          />
        </Suspense>
      </Modal>
    </>
  );
}

/** To what was edited: the notice with the button that had the focus is gone with the conflict. */
const focusComposer = () =>
  requestAnimationFrame(() => {
    const part = document.querySelector('[aria-label="Composer"] [role="tabpanel"]');
    part?.querySelector<HTMLElement>('.cm-content, input, textarea')?.focus();
  });
