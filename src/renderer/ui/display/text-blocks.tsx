import { useMemo } from 'react';
import { blocksOf, type TextBlock } from '../../lib/text/blocks.ts';
import css from './text-blocks.module.css';

/** A text of any length in the fixed-width font; the browser lays out the blocks in view. */
export function TextBlocks({ text }: { text: string }) {
  return <Blocks blocks={useMemo(() => blocksOf(text), [text])} />;
}

/** {@link TextBlocks} of a text that is cut already. */
export function Blocks({ blocks }: { blocks: readonly TextBlock[] }) {
  return (
    <div className={css.text}>
      {blocks.map(({ text, lines }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: The blocks of a text have no other name.
        <div key={index} className={css.block} style={{ containIntrinsicBlockSize: `auto ${lines * LINE_PX}px` }}>
          {text}
        </div>
      ))}
    </div>
  );
}

/** Height of a line, as the style has it. */
const LINE_PX = 18;
