/** Somebody else has saved what is edited here: both are shown, and the person decides, change by change. */
import { Modal } from '@mantine/core';
import { useState } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { Button } from '../../../ui/buttons.tsx';
import { DiffEditor } from '../../../ui/editor/diff-editor.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { storedOf } from '../draft.ts';
import css from './conflict.module.css';
import { assemble, asText, type Difference, differencesOf, fromText } from './differences.ts';
import type { ComposerState } from './use-composer.ts';

/** The notice of a conflict, with the way to settle it; nothing without one. */
export function Conflict({ command, composer }: { command: Command | null; composer: ComposerState }) {
  const [opened, setOpened] = useState(false);
  const { conflicts, draft, settle } = composer;
  if (command === null || conflicts.length === 0) return null;
  const differences = differencesOf(conflicts, { ...draft } as unknown as JsonObject, storedOf(command).members);
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
        <Merge
          key={command.version}
          differences={differences}
          done={(chosen) => {
            settle(assemble(chosen, { ...draft } as unknown as JsonObject));
            setOpened(false);
          }}
        />
      </Modal>
    </>
  );
}

/** The member as a label: `timeout_seconds` is "Timeout seconds". */
function titleOf({ path }: Difference): string {
  const words = (path.at(-1) ?? '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Room for both texts, within bounds; px. */
function heightOf({ mine, theirs }: Difference): string {
  const lines = `${asText(mine)}\n${asText(theirs)}`.split('\n').length;
  return `${Math.min(320, Math.max(72, 36 + lines * 18))}px`;
}

const LANGUAGES: Readonly<Record<string, 'typescript'>> = { script: 'typescript' };

function Merge({
  differences,
  done,
}: {
  differences: readonly Difference[];
  done(chosen: { of: Difference; value: ReturnType<typeof fromText> }[]): void;
}) {
  const [texts, setTexts] = useState(() => differences.map(({ mine }) => asText(mine)));
  const set = (index: number, value: string) => setTexts((old) => old.with(index, value));
  const parsed = differences.map((of, index) => {
    try {
      return { of, value: fromText(texts[index] ?? '', of) };
    } catch {
      return null;
    }
  });
  const isWhole = parsed.every((part) => part !== null);
  return (
    <div className={css.parts}>
      {differences.map((of, index) => {
        const title = titleOf(of);
        return (
          <section key={of.path.join('.')} aria-label={title} className={css.part}>
            <div className={layout.row}>
              <h3 className={layout.grow}>{title}</h3>
              <Button small onClick={() => set(index, asText(of.mine))}>
                Keep mine
              </Button>
              <Button small onClick={() => set(index, asText(of.theirs))}>
                Take theirs
              </Button>
            </div>
            <DiffEditor
              label={title}
              language={LANGUAGES[of.path.at(-1) ?? ''] ?? 'text'}
              original={asText(of.theirs)}
              value={texts[index] ?? ''}
              onChange={(value) => set(index, value)}
              height={heightOf(of)}
            />
            {parsed[index] === null ? <span className={`${text.bad} ${text.small}`}>Not valid JSON</span> : null}
          </section>
        );
      })}
      <div className={css.buttons}>
        <Button
          kind="primary"
          blocked={isWhole ? null : 'Correct the JSON first'}
          onClick={() => done(parsed.filter((part) => part !== null))}
        >
          Use the merged version
        </Button>
      </div>
    </div>
  );
}
