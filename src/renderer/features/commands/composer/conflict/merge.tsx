/** The changes of two people to the same parts of a command: merged where they can be, decided by hand where they overlap. */
import { useState } from 'react';
import { plural } from '../../../../lib/format.ts';
import { Button } from '../../../../ui/buttons.tsx';
import { DiffEditor } from '../../../../ui/editor/diff-editor.tsx';
import { isOverlap, type Overlap, type Piece } from '../../../../ui/editor/three-way.ts';
import layout from '../../../../ui/styles/layout.module.css';
import text from '../../../../ui/styles/text.module.css';
import { asText, type Difference } from './differences.ts';
import css from './merge.module.css';
import { type Choice, fromText, overlapsOf, piecesOf, textOf } from './pieces.ts';

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

/** One part while it is merged. */
interface Part {
  of: Difference;
  pieces: readonly Piece[];
  /** For each overlap, in order. */
  choices: readonly (Choice | null)[];
  /** The merged text, as it was decided and then edited. */
  text: string;
}

function begun(of: Difference): Part {
  const pieces = piecesOf(of);
  const choices = Array.from({ length: overlapsOf(pieces) }, () => null);
  return { of, pieces, choices, text: textOf(pieces, choices) };
}

const decided = (part: Part, choices: Part['choices']): Part => ({
  ...part,
  choices,
  text: textOf(part.pieces, choices),
});

/** What keeps a merge from being used; null when nothing does. */
function unready(parts: readonly Part[], isWhole: boolean): string | null {
  const open = parts.flatMap(({ choices }) => choices).filter((choice) => choice === null).length;
  if (open > 0) return `Decide ${plural(open, 'overlapping change')} first`;
  return isWhole ? null : 'Correct the JSON first';
}

export function Merge({
  differences,
  done,
}: {
  differences: readonly Difference[];
  done(chosen: { of: Difference; value: ReturnType<typeof fromText> }[]): void;
}) {
  const [parts, setParts] = useState(() => differences.map(begun));
  const set = (index: number, part: Part) => setParts((old) => old.with(index, part));
  const parsed = parts.map(({ of, text: merged }) => {
    try {
      return { of, value: fromText(merged, of) };
    } catch {
      return null;
    }
  });
  return (
    <div className={css.parts}>
      {parts.map((part, index) => (
        <MergedPart
          key={part.of.path.join('.')}
          part={part}
          isValid={parsed[index] !== null}
          change={(next) => set(index, next)}
        />
      ))}
      <div className={css.buttons}>
        <Button
          kind="primary"
          blocked={unready(
            parts,
            parsed.every((part) => part !== null),
          )}
          onClick={() => done(parsed.filter((part) => part !== null))}
        >
          Use the merged version
        </Button>
      </div>
    </div>
  );
}

/** What is to be decided of a part, and the text that comes of it. */
function MergedPart({ part, isValid, change }: { part: Part; isValid: boolean; change(part: Part): void }) {
  const { of, pieces, choices } = part;
  const title = titleOf(of);
  const overlaps = pieces.filter(isOverlap);
  const decideAll = (choice: Choice) => {
    const same = choices.map(() => choice);
    change(decided(part, same));
  };
  return (
    <section aria-label={title} className={css.part}>
      <div className={layout.row}>
        <h3 className={layout.grow}>{title}</h3>
        {overlaps.length === 0 ? (
          <span className={text.muted}>Both changes merged</span>
        ) : (
          <>
            <Button small onClick={() => decideAll('mine')}>
              Keep mine
            </Button>
            <Button small onClick={() => decideAll('theirs')}>
              Take theirs
            </Button>
          </>
        )}
      </div>
      {overlaps.map((overlap, place) => (
        <OverlapChoice
          // biome-ignore lint/suspicious/noArrayIndexKey: the overlaps of a part stay the same
          key={place}
          overlap={overlap}
          name={`Overlapping change ${place + 1} of ${overlaps.length}`}
          choice={choices[place] ?? null}
          choose={(choice) => change(decided(part, choices.with(place, choice)))}
        />
      ))}
      <DiffEditor
        key={String(choices.includes(null))}
        label={title}
        language={LANGUAGES[of.path.at(-1) ?? ''] ?? 'text'}
        original={asText(of.theirs)}
        value={part.text}
        {...(choices.includes(null) ? {} : { onChange: (value: string) => change({ ...part, text: value }) })}
        height={heightOf(of)}
      />
      {isValid ? null : <span className={`${text.bad} ${text.small}`}>Not valid JSON</span>}
    </section>
  );
}

const CHOICES = { mine: 'Mine', theirs: 'Theirs', both: 'Both, mine first' } as const;

/** Lines that both have changed: one of both is chosen, or both. */
function OverlapChoice({
  overlap,
  name,
  choice,
  choose,
}: {
  overlap: Overlap;
  name: string;
  choice: Choice | null;
  choose(choice: Choice): void;
}) {
  const sides = [
    ['Mine', overlap.mine],
    ['Theirs', overlap.theirs],
  ] as const;
  return (
    <fieldset className={css.overlap} aria-label={name}>
      <div className={layout.row}>
        <span className={`${layout.grow} ${choice === null ? text.warn : text.muted}`}>
          {choice === null ? `${name}: not decided` : name}
        </span>
        {Object.entries(CHOICES).map(([each, label]) => (
          <Button small key={each} pressed={choice === each} onClick={() => choose(each as Choice)}>
            {label}
          </Button>
        ))}
      </div>
      <div className={css.sides}>
        {sides.map(([side, lines]) => (
          <div key={side} className={css.side}>
            <span className={`${text.muted} ${text.small}`}>{side}</span>
            <pre className={css.lines}>{lines.length === 0 ? '(removed)' : lines.join('\n')}</pre>
          </div>
        ))}
      </div>
    </fieldset>
  );
}
